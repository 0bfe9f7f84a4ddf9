using GuestAgent.Linux.Io;
using GuestAgent.Linux.Sockets;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Transports.Vsock;

/// <summary>
/// Makes a host that listens look like one that connects: one connection at a time, dialled again when it has ended.
/// </summary>
/// <param name="settings">Where the host listens.</param>
/// <param name="loop">Watches the connection.</param>
/// <param name="clock">Measures pauses.</param>
/// <param name="logger">Where it tells what is in its way.</param>
internal sealed partial class VsockDialer(
    VsockConnectSettings settings, EpollLoop loop, TimeProvider clock, ILogger<VsockDialer> logger) : RetryingListener(settings)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly VsockAddress _peer = new(settings.Cid, settings.Port);
    private readonly Backoff _backoff = new(FirstPause, LongestPause, clock);
    private Task? _former;

    /// <inheritdoc/>
    protected override async ValueTask<ConnectionContext?> TryAcceptAsync(CancellationToken cancellationToken)
    {
        if (_former is { } former)
        {
            await former.WaitAsync(cancellationToken);
            _former = null;
            // So that a host that takes connections and ends them does not keep the guest busy.
            await _backoff.PauseAsync(cancellationToken);
        }

        SafeFileHandle socket = await VsockSocket.ConnectAsync(_peer, loop, cancellationToken);
        _backoff.Reset();
        if (ClearObstacle())
        {
            Connected(_peer);
        }

        ConnectionContext connection = VsockPeer.Carry(socket, _peer.Cid, loop);
        _former = EndOf(connection);
        return connection;
    }

    /// <inheritdoc/>
    protected override Task PauseAsync(CancellationToken cancellationToken) => _backoff.PauseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <remarks>A host may take a connection for every request: only what is new of it is told.</remarks>
    protected override void Tell(string obstacle) => Waiting(obstacle);

    private static Task EndOf(ConnectionContext connection)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionClosed.Register(ended.SetResult);
        return ended.Task;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "connected to vsock {Peer}")]
    private partial void Connected(VsockAddress peer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}; trying again until it works")]
    private partial void Waiting(string reason);
}
