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

    private readonly List<Task> _leaving = [];
    private volatile JsonRpcAttach _current = new(lanes, listener, connection);

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

    /// <summary>Begins another host's stay: what the former one has asked for is cancelled, what it did not take is dropped.</summary>
    /// <param name="session">The name that it has given itself; null for none.</param>
    public void Start(string? session = null)
    {
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
    public void HostChanged()
    {
        lanes.DropOlderThan(FormerHostAge);
        _current.AbandonOlderThan(FormerHostAge);
        Announce();
    }

    /// <summary>Ends the stay of the last host; completes when nothing of any host runs any more.</summary>
    public Task EndAsync()
    {
        _current.End();
        return Task.WhenAll([.. _leaving, _current.DrainAsync()]);
    }
}
