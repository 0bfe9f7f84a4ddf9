using GuestAgent.Connections;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Sockets;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Transports.Vsock;

/// <summary>
/// Listens on a vsock port, at every address, for ever: the kernel may have no vsock yet, the port may be taken, the socket
/// may fail.
/// </summary>
/// <param name="settings">The listener when it was opened.</param>
/// <param name="live">The settings in force, which say who may connect.</param>
/// <param name="loop">Watches the sockets.</param>
/// <param name="clock">Measures pauses.</param>
/// <param name="logger">Where it tells what is in its way.</param>
internal sealed partial class VsockListener(
    VsockListenerSettings settings, LiveSettings live, EpollLoop loop, TimeProvider clock, ILogger<VsockListener> logger)
    : RetryingListener(settings)
{
    // A module that is loaded late is loaded soon after the start; a guest without vsock is to sleep. Each try may also
    // make the kernel look for the module.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly VsockListenerSettings _settings = settings;
    private readonly Backoff _backoff = new(FirstPause, LongestPause, clock);
    private readonly VsockRefusals _refusals = new(settings.Port, clock, logger);
    private volatile ListeningSocket? _socket;

    /// <inheritdoc/>
    public override string? Obstacle => _socket is null ? base.Obstacle : null;

    /// <summary>True when connections from this context are taken, and go on.</summary>
    public bool Allows(uint cid)
    {
        foreach (ListenerSettings listener in live.Current.Listeners)
        {
            if (listener is VsockListenerSettings vsock && vsock.Port == _settings.Port)
            {
                return vsock.Allows(cid);
            }
        }

        // Not in force yet, or no more.
        return _settings.Allows(cid);
    }

    /// <inheritdoc/>
    protected override async ValueTask<ConnectionContext?> TryAcceptAsync(CancellationToken cancellationToken)
    {
        SafeFileHandle accepted = await Open().AcceptAsync(cancellationToken);
        _backoff.Reset();
        return Admit(accepted);
    }

    /// <inheritdoc/>
    protected override void Recover(LinuxException e)
    {
        // Where the agent lacks descriptors or memory, what waits in the backlog is to be served later; else the socket
        // itself is at fault.
        if (e.Errno is not (Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS))
        {
            Close();
        }
    }

    /// <inheritdoc/>
    protected override Task PauseAsync(CancellationToken cancellationToken) => _backoff.PauseAsync(cancellationToken);

    /// <inheritdoc/>
    protected override void Tell(string obstacle) => Waiting(_settings.Port, obstacle);

    /// <inheritdoc/>
    protected override void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private ListeningSocket Open()
    {
        if (_socket is null)
        {
            _socket = new ListeningSocket(VsockSocket.Listen(_settings.Port), loop);
            ClearObstacle();
            Listening(_settings.Port);
        }

        return _socket;
    }

    // Null for one who may not come in, or has gone again.
    private ConnectionContext? Admit(SafeFileHandle accepted)
    {
        try
        {
            uint cid = VsockSocket.PeerOf(accepted).Cid;
            if (Allows(cid))
            {
                ConnectionContext connection = VsockPeer.Carry(accepted, cid, loop);
                connection.Features.Set<IAdmissionFeature>(new VsockAdmission(this, cid));
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

    [LoggerMessage(Level = LogLevel.Information, Message = "vsock port {Port}: listening")]
    private partial void Listening(uint port);

    [LoggerMessage(Level = LogLevel.Warning, Message = "vsock port {Port}: {Reason}; trying again until it works")]
    private partial void Waiting(uint port, string reason);
}
