using GuestAgent.Contracts.Telemetry;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host.Notifications;

/// <summary>The notification <c>agent_events</c>: what has changed adds up until somebody looks.</summary>
internal sealed class EventsFeed() : Feed<AgentEvents>(EventsSubscribe.Event)
{
    // What the agent said that it watches, when it was asked last.
    private volatile IReadOnlyList<string> _kinds = [];

    /// <inheritdoc/>
    protected override AgentEvents AfterGap => new(_kinds, 0);

    /// <inheritdoc/>
    protected override AgentEvents Merge(AgentEvents waiting, AgentEvents newer) =>
        new([.. waiting.Kinds.Union(newer.Kinds, StringComparer.Ordinal)], newer.Sequence);

    /// <inheritdoc/>
    protected override async Task SubscribeAsync(
        GuestLink link, TimeSpan interval, CancellationToken cancellationToken) =>
        _kinds = (await link
            .CallAsync(EventsSubscribe.Contract, new EventsSubscribeRequest(), cancellationToken)
            .ConfigureAwait(false)).Kinds;

    /// <inheritdoc/>
    protected override Task UnsubscribeAsync(GuestLink link) =>
        link.PostAsync(EventsUnsubscribe.Contract, new EventsUnsubscribeRequest());
}
