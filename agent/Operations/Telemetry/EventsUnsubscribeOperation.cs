using GuestAgent.Contracts.Telemetry;
using GuestAgent.Dispatch;
using GuestAgent.Telemetry;

namespace GuestAgent.Operations.Telemetry;

/// <summary>Ends telling the host of changes.</summary>
internal sealed class EventsUnsubscribeOperation(GuestEvents events)
    : IOperation<EventsUnsubscribeRequest, Unrestricted, EventsUnsubscribeResult>
{
    /// <inheritdoc/>
    public ValueTask<EventsUnsubscribeResult> ExecuteAsync(
        EventsUnsubscribeRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken) =>
        new(new EventsUnsubscribeResult(events.Unsubscribe(context.Session)));
}
