using GuestAgent.Contracts.Session;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>The hosts that come and go on one connection: who is there now, and what former ones have left running.</summary>
/// <param name="lanes">Where everything is sent.</param>
/// <param name="listener">The listener of the connection.</param>
/// <param name="connection">The connection.</param>
internal sealed class JsonRpcAttaches(OutboundLanes lanes, ListenerProfile listener, ConnectionContext connection)
{
    // The kernel tells of a host that has gone within some ten milliseconds of the next one's first bytes.
    private static readonly TimeSpan FormerHostAge = TimeSpan.FromMilliseconds(500);

    // In a busy guest it can take longer, and then a host that says hello has its first answers on the way.
    private static readonly TimeSpan LatestNews = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly List<Task> _leaving = [];
    private volatile JsonRpcAttach _current = new(lanes, listener, connection);

    // The transport has told of the host that is there; that of the first one is how the connection began.
    private bool _isTold = true;

    // When a host made itself known of whom the transport has not told; 0 when it has.
    private long _untoldSince;

    /// <summary>The host that is there now.</summary>
    public JsonRpcAttach Current => _current;

    /// <summary>Sends <c>agent_ready</c>, unless the listener is configured not to.</summary>
    public void Announce()
    {
        if (listener.Settings.Announce)
        {
            lanes.PostReply(JsonRpcLine.Notification(
                AgentReady.Event.Name, listener.Describe(), AgentReady.Event.Shape));
        }
    }

    /// <summary>
    /// Begins another host's stay, as its first message tells: what the former one has asked for is cancelled, what it did
    /// not take is dropped.
    /// </summary>
    /// <param name="session">The name that it has given itself; null for none.</param>
    public void Start(string? session = null)
    {
        lock (_gate)
        {
            _untoldSince = _isTold ? 0 : Environment.TickCount64;
            _isTold = false;
        }

        _current.End();
        lanes.Clear();
        // Its commands may take their grace to end; the connection outlives them.
        _leaving.RemoveAll(task => task.IsCompleted);
        _leaving.Add(_current.DrainAsync());
        _current = new JsonRpcAttach(lanes, listener, connection, session);
    }

    /// <summary>
    /// Notes that the transport has seen another host come, perhaps after its first request. What has been in flight for
    /// longer is the former host's.
    /// </summary>
    /// <returns>False when that host has begun its stay before: everything on its way is for it.</returns>
    public bool HostChanged()
    {
        lock (_gate)
        {
            bool isLate = _untoldSince != 0
                && Environment.TickCount64 - _untoldSince < (long)LatestNews.TotalMilliseconds;
            _untoldSince = 0;
            if (isLate)
            {
                return false;
            }

            _isTold = true;
        }

        lanes.DropOlderThan(FormerHostAge);
        _current.AbandonOlderThan(FormerHostAge);
        Announce();
        return true;
    }

    /// <summary>Ends the stay of the last host; completes when nothing of any host runs any more.</summary>
    public Task EndAsync()
    {
        _current.End();
        return Task.WhenAll([.. _leaving, _current.DrainAsync()]);
    }
}
