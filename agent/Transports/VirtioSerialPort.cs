using GuestAgent.Linux;

namespace GuestAgent.Transports;

/// <summary>
/// An open virtio-serial port. What the kernel tells: while no host is attached a read gives 0 at once and poll says
/// hung-up; a write takes at most 32 KiB and is only queued; a close discards what the host has sent.
/// </summary>
internal sealed class VirtioSerialPort : IDisposable
{
    private readonly AsyncDescriptor _device;

    private VirtioSerialPort(AsyncDescriptor device, bool insideLine)
    {
        _device = device;
        InsideLine = insideLine;
    }

    /// <summary>True when the last byte given to a host that is still there did not end a line.</summary>
    public bool InsideLine { get; private set; }

    /// <summary>Opens the port. Only one process can: the second gets EBUSY.</summary>
    /// <param name="device">Its device.</param>
    /// <param name="loop">The loop that watches it.</param>
    /// <param name="insideLine">Whether this agent left the host in the middle of a line when it closed the port.</param>
    public static VirtioSerialPort Open(string device, EpollLoop loop, bool insideLine) =>
        new(
            new AsyncDescriptor(
                LibC.open(device, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0).OrThrow("open " + device), loop),
            insideLine);

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

            InsideLine = false;
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

    /// <summary>Gives bytes to the host, as many as fit.</summary>
    /// <returns>0 when the host has gone.</returns>
    public async ValueTask<int> WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Transfer transfer = _device.TryWrite(buffer.Span);
            if (transfer.Status == TransferStatus.Moved)
            {
                InsideLine = buffer.Span[transfer.Count - 1] != (byte)'\n';
                return transfer.Count;
            }

            if (_device.Poll().HasFlag(Readiness.HangUp))
            {
                return 0;
            }

            await _device.WaitAsync(Readiness.Output, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _device.Dispose();
}
