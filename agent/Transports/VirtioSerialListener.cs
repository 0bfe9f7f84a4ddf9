using System.Net;
using GuestAgent.Linux;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Transports;

/// <summary>
/// Makes a virtio-serial port look like a listener: one period in which a host is attached is one connection. The port
/// may be missing, busy, unplugged or without a host; all of that is waited out, quietly.
/// </summary>
internal sealed partial class VirtioSerialListener(
    VirtioSerialEndPoint endpoint, EpollLoop loop, TimeProvider clock, ILogger<VirtioSerialListener> logger)
    : IPatientListener
{
    // A missing port costs one wake-up a second; one that appears is served within it.
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _unbound = new();
    private VirtioSerialPort? _port;
    private VirtioSerialConnection? _connection;
    private volatile string? _reported;

    /// <inheritdoc/>
    public EndPoint EndPoint => endpoint;

    /// <inheritdoc/>
    public string? Obstacle => _reported;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
        try
        {
            while (true)
            {
                if (_connection is { } former)
                {
                    await former.Ended.WaitAsync(either.Token);
                    _connection = null;
                    ClosePortAfter(former);
                }

                VirtioSerialPort port = _port ??= await OpenAsync(either.Token);
                if (await port.WaitForHostAsync(either.Token))
                {
                    return _connection = new VirtioSerialConnection(port, endpoint.EndsLines);
                }

                ClosePort();
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default) => await _unbound.CancelAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _unbound.CancelAsync();
        ClosePort();
        _unbound.Dispose();
    }

    // After an abort what the host has sent meanwhile belongs to nobody: closing the port discards it.
    private void ClosePortAfter(VirtioSerialConnection former)
    {
        if (former.Aborted || former.PortGone)
        {
            ClosePort();
        }
    }

    private void ClosePort()
    {
        _port?.Dispose();
        _port = null;
    }

    private async Task<VirtioSerialPort> OpenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                string device = VirtioSerialDevice.Find(endpoint.Port)
                    ?? throw new LinuxException($"virtio-serial port {endpoint.Port}", Errno.ENODEV);
                VirtioSerialPort port = VirtioSerialPort.Open(device, loop);
                Opened(endpoint.Port, device);
                _reported = null;
                return port;
            }
            catch (LinuxException e)
            {
                Report(e);
            }

            await Task.Delay(RetryDelay, clock, cancellationToken);
        }
    }

    // Each reason once, not each try.
    private void Report(LinuxException e)
    {
        string reason = e.Errno == Errno.EBUSY && VirtioSerialDevice.Holder(endpoint.Port) is { } holder
            ? $"is held by {holder}"
            : e.Errno is Errno.ENODEV or Errno.ENOENT ? "is not there" : e.Message;
        if (reason != _reported)
        {
            _reported = reason;
            Waiting(endpoint.Port, reason);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "virtio-serial port {Port} opened: {Device}")]
    private partial void Opened(string port, string device);

    [LoggerMessage(Level = LogLevel.Warning, Message = "virtio-serial port {Port} {Reason}; waiting for it")]
    private partial void Waiting(string port, string reason);
}
