using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Transports.VirtioSerial;

/// <summary>
/// Makes a virtio-serial port look like a listener: one period in which a host is attached is one connection. The port
/// may be missing, busy, unplugged or without a host; all of that is waited out, quietly.
/// </summary>
/// <param name="settings">The port's name, and whether a connection begins with the end of a line that was cut off before.</param>
/// <param name="loop">Watches the port.</param>
/// <param name="clock">Measures pauses.</param>
/// <param name="logger">Where it tells what is in its way.</param>
internal sealed partial class VirtioSerialListener(
    VirtioSerialListenerSettings settings, EpollLoop loop, TimeProvider clock, ILogger<VirtioSerialListener> logger)
    : RetryingListener(settings)
{
    // A missing port costs one wake-up a second; one that appears is served within it.
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly string _name = settings.Port;
    private readonly bool _endsLines = settings.Announce;
    private VirtioSerialPort? _port;
    private VirtioSerialConnection? _connection;

    /// <inheritdoc/>
    protected override async ValueTask<ConnectionContext?> TryAcceptAsync(CancellationToken cancellationToken)
    {
        if (_connection is { } former)
        {
            await former.Ended.WaitAsync(cancellationToken);
            _connection = null;
            ClosePortAfter(former);
        }

        VirtioSerialPort port = _port ??= Open();
        if (await port.WaitForHostAsync(cancellationToken))
        {
            return _connection = new VirtioSerialConnection(port, _endsLines);
        }

        Close();
        return null;
    }

    /// <inheritdoc/>
    protected override string Explain(LinuxException e) =>
        e.Errno == Errno.EBUSY && VirtioSerialDevice.Holder(_name) is { } holder
            ? $"is held by {holder}"
            : e.Errno is Errno.ENODEV or Errno.ENOENT ? "is not there" : e.Message;

    /// <inheritdoc/>
    protected override void Recover(LinuxException e) => Close();

    /// <inheritdoc/>
    protected override Task PauseAsync(CancellationToken cancellationToken) =>
        Task.Delay(RetryDelay, clock, cancellationToken);

    /// <inheritdoc/>
    protected override void Tell(string obstacle) => Waiting(_name, obstacle);

    /// <inheritdoc/>
    protected override void Close()
    {
        _port?.Dispose();
        _port = null;
    }

    // After an abort what the host has sent meanwhile belongs to nobody: closing the port discards it.
    private void ClosePortAfter(VirtioSerialConnection former)
    {
        if (former.Aborted || former.PortGone)
        {
            Close();
        }
    }

    private VirtioSerialPort Open()
    {
        string device = VirtioSerialDevice.Find(_name)
            ?? throw new LinuxException($"virtio-serial port {_name}", Errno.ENODEV);
        VirtioSerialPort port = VirtioSerialPort.Open(device, loop);
        Opened(_name, device);
        ClearObstacle();
        return port;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "virtio-serial port {Port} opened: {Device}")]
    private partial void Opened(string port, string device);

    [LoggerMessage(Level = LogLevel.Warning, Message = "virtio-serial port {Port} {Reason}; waiting for it")]
    private partial void Waiting(string port, string reason);
}
