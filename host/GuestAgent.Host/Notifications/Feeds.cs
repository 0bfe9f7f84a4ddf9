using GuestAgent.Host.Sessions;
using GuestAgent.Wire.JsonRpc;

namespace GuestAgent.Host.Notifications;

/// <summary>The kinds of notification that can be watched, over all sessions of a client.</summary>
internal sealed class Feeds
{
    private readonly IFeed[] _all;

    /// <summary>Creates the feeds, watched by nobody.</summary>
    public Feeds() => _all = [Telemetry, Events];

    /// <summary>The notification <c>telemetry</c>.</summary>
    public TelemetryFeed Telemetry { get; } = new();

    /// <summary>The notification <c>agent_events</c>.</summary>
    public EventsFeed Events { get; } = new();

    /// <summary>Gives a notification to those who watch its kind; drops what nobody knows.</summary>
    /// <exception cref="GuestConnectionException">It does not have the shape of its kind.</exception>
    public void Deliver(JsonRpcMessage message)
    {
        foreach (IFeed feed in _all)
        {
            if (feed.Name == message.Method)
            {
                feed.Deliver(message.Params);
            }
        }
    }

    /// <summary>Subscribes anew to all that somebody watches. Never fails.</summary>
    public Task RenewAsync(GuestLink link) => Task.WhenAll(_all.Select(feed => feed.RenewAsync(link)));

    /// <summary>Nothing will come any more.</summary>
    public void End(GuestConnectionException reason)
    {
        foreach (IFeed feed in _all)
        {
            feed.End(reason);
        }
    }
}
