using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;


namespace GuestAgent.Transports.VirtioSerial;

/// <summary>
/// An open virtio-serial port. What the kernel tells: while no host is attached a read gives 0 at once and poll says
/// hung-up; a write takes at most 32 KiB and is only queued; a close discards what the host has sent, not what it was sent.
/// </summary>
internal sealed class VirtioSerialPort : IDisposable
{
    private readonly AsyncDescriptor _device;

    private VirtioSerialPort(AsyncDescriptor device) => _device = device;

    /// <summary>
    /// True when the last byte given to the port did not end a line, or is not known: an agent before this one, in this
    /// boot or before a snapshot, may have been cut off in a line that the host still reads.
    /// </summary>
    public bool InsideLine { get; private set; } = true;

    /// <summary>
    /// True when a host is there and does not read. Without a host nothing can be written either, but what waits then may
    /// be for the next one: the kernel hands out its first request before the news that it has come.
    /// </summary>
    public bool IsFull => (_device.Poll() & (Readiness.HangUp | Readiness.Output)) == 0;

    /// <summary>Opens the port. Only one process can: the second gets EBUSY.</summary>
    public static VirtioSerialPort Open(string device, EpollLoop loop) =>
        new(new AsyncDescriptor(
            NativeMethods.open(device, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0).OrThrow("open " + device), loop));

    /// <summary>Waits until a host is attached; takes no processor time meanwhile.</summary>
    /// <returns>False when the port is gone.</returns>
    public async ValueTask<bool> WaitForHostAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Readiness state = _device.Poll();
            if (!state.HasFlag(Readiness.HangUp))
            {
                return true;
            }

            // Unplugged: hung up, and nothing to read either. Without a host there is always a read of 0.
            if (!state.HasFlag(Readiness.Input))
            {
                return false;
            }

            await _device.WaitAsync(Readiness.Input | Readiness.Output, cancellationToken);
        }
    }

    /// <summary>Reads what the host has sent, or waits for it.</summary>
    /// <returns>0 when the host has gone.</returns>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _device.ReadAsync(buffer, cancellationToken);

    /// <summary>Gives bytes to the host, as many as fit now.</summary>
    /// <returns>0 when none fit, or no host is there.</returns>
    public int TryWrite(ReadOnlySpan<byte> bytes)
    {
        int count = _device.TryWrite(bytes).Count;
        if (count > 0)
        {
            InsideLine = bytes[count - 1] != (byte)'\n';
        }

        return count;
    }

    /// <summary>Waits until bytes may fit again, which is also when a host comes.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken) =>
        await _device.WaitAsync(Readiness.Output, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();
}
