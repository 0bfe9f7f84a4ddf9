using GuestAgent.Contracts.Telemetry;
using GuestAgent.Dispatch;
using GuestAgent.Telemetry;

namespace GuestAgent.Operations.Telemetry;

/// <summary>Starts to tell the host of changes.</summary>
internal sealed class EventsSubscribeOperation(GuestEvents events, Ongoing ongoing)
    : IOperation<EventsSubscribeRequest, Unrestricted, EventsSubscribeResult>
{
    /// <inheritdoc/>
    public ValueTask<EventsSubscribeResult> ExecuteAsync(
        EventsSubscribeRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> kinds = events.Subscribe(context.Session);
        OngoingSubscription.Begin(ongoing, EventsSubscribe.Contract, context, () => events.Unsubscribe(context.Session));
        return new ValueTask<EventsSubscribeResult>(new EventsSubscribeResult(kinds));
    }
}
