using System.Net;
using GuestAgent.Connections;
using GuestAgent.Linux;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Transports;

/// <summary>
/// Listens on a vsock port for ever: the kernel may have no vsock yet, the port may be taken, the socket may fail. All of
/// that is waited out, with a line in the log for each reason and not for each try.
/// </summary>
internal sealed partial class VsockListener(
    VsockEndPoint endpoint, EpollLoop loop, VsockConnectionFactory connections, TimeProvider clock, ILogger logger)
    : IPatientListener
{
    // A module that is loaded late is loaded soon after the start; a guest without vsock is to sleep. Each try may also
    // make the kernel look for the module.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _unbound = new();
    private readonly Backoff _backoff = new(FirstPause, LongestPause, clock);
    private readonly VsockRefusals _refusals = new(endpoint.Port, clock, logger);
    private volatile ListeningSocket? _socket;
    private volatile string? _reported;

    /// <inheritdoc/>
    public EndPoint EndPoint => endpoint;

    /// <inheritdoc/>
    public string? Obstacle => _socket is null ? _reported : null;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
        try
        {
            while (true)
            {
                try
                {
                    SafeFileHandle accepted = await Open().AcceptAsync(either.Token);
                    _backoff.Reset();
                    if (Admit(accepted) is { } connection)
                    {
                        return connection;
                    }
                }
                catch (LinuxException e)
                {
                    await RecoverAsync(e, either.Token);
                }
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
        _socket?.Dispose();
        _unbound.Dispose();
    }

    private ListeningSocket Open()
    {
        if (_socket is null)
        {
            _socket = new ListeningSocket(VsockSocket.Listen(endpoint.Port), loop);
            _reported = null;
            Listening(endpoint.Port);
        }

        return _socket;
    }

    // Null for one who may not come in, or has gone again.
    private ConnectionContext? Admit(SafeFileHandle accepted)
    {
        try
        {
            uint cid = VsockSocket.PeerOf(accepted).Cid;
            if (endpoint.Allows(cid))
            {
                ConnectionContext connection = connections.Create(accepted, cid);
                connection.Features.Set<IAdmissionFeature>(new VsockAdmission(endpoint, cid));
                return connection;
            }

            _refusals.Note(cid);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOTCONN)
        {
            // Nothing was asked for.
        }

        accepted.Dispose();
        return null;
    }

    private async Task RecoverAsync(LinuxException e, CancellationToken cancellationToken)
    {
        if (e.Message != _reported)
        {
            _reported = e.Message;
            Waiting(endpoint.Port, e.Message);
        }

        // Where the agent lacks descriptors or memory, what waits in the backlog is to be served later; else the socket
        // itself is at fault.
        if (e.Errno is not (Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS))
        {
            _socket?.Dispose();
            _socket = null;
        }

        await _backoff.PauseAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "vsock port {Port}: listening")]
    private partial void Listening(uint port);

    [LoggerMessage(Level = LogLevel.Warning, Message = "vsock port {Port}: {Reason}; trying again until it works")]
    private partial void Waiting(uint port, string reason);
}
