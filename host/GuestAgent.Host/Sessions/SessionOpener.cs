using GuestAgent.Errors;
using GuestAgent.Host.Diagnostics;
using GuestAgent.Host.Notifications;
using GuestAgent.Host.Transports;

namespace GuestAgent.Host.Sessions;

/// <summary>Makes sessions with one agent, each over a channel of its own.</summary>
internal sealed class SessionOpener
{
    private const string OpenChannel = "channel";

    private readonly Func<CancellationToken, Task<ByteChannel>> _open;
    private readonly Func<bool> _isUnaccepted;

    private SessionOpener(
        Func<CancellationToken, Task<ByteChannel>> open,
        Func<bool> isUnaccepted,
        GuestClientOptions options,
        string endpoint,
        bool again)
    {
        _open = open;
        _isUnaccepted = isUnaccepted;
        Options = options;
        Log = new LinkLog(options.LoggerFactory, endpoint);
        CanReconnect = again && options.Reconnect is not null;
    }

    /// <summary>Time limits and sizes.</summary>
    public GuestClientOptions Options { get; }

    /// <summary>Those who watch notifications, whatever the session.</summary>
    public Feeds Feeds { get; } = new();

    /// <summary>Where requests pass, whatever the session.</summary>
    public CallGate Gate { get; } = new();

    /// <summary>Where to tell what becomes of the sessions.</summary>
    public LinkLog Log { get; }

    /// <summary>True when a lost session is to be followed by another.</summary>
    public bool CanReconnect { get; }

    /// <summary>Opens sessions over channels of a connector.</summary>
    /// <param name="connector">Opens them.</param>
    /// <param name="endpoint">What they lead to, for those who follow what happens.</param>
    /// <param name="options">Time limits and sizes.</param>
    public static SessionOpener To(IConnector connector, string endpoint, GuestClientOptions options) => new(
        async token => ByteChannel.Over(await Dialing.DialAsync(connector, options, token).ConfigureAwait(false)),
        connector.IsUnaccepted,
        options,
        endpoint,
        again: true);

    /// <summary>Opens one session, over a channel that is open.</summary>
    public static SessionOpener Over(ByteChannel channel, GuestClientOptions options) =>
        new(_ => Task.FromResult(channel), static () => false, options, OpenChannel, again: false);

    /// <summary>What the failure to open a session means for the connection.</summary>
    public static GuestConnectionException Explain(Exception fault) => fault switch
    {
        GuestAgentException { Code: ErrorCode.NotSupported } =>
            new GuestConnectionException(ConnectionFailure.Incompatible, fault.Message, fault),
        GuestAgentException => new GuestConnectionException(ConnectionFailure.NoAnswer, fault.Message, fault),
        _ => GuestConnectionException.From(fault),
    };

    /// <summary>Opens a channel and says hello.</summary>
    public async Task<AgentSession> OpenAsync(CancellationToken cancellationToken) => await SessionStart
        .OpenAsync(
            await _open(cancellationToken).ConfigureAwait(false), _isUnaccepted, Feeds, Gate, Log.Endpoint, Options, cancellationToken)
        .ConfigureAwait(false);
}
