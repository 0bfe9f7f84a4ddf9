using GuestAgent.Contracts.Telemetry;
using GuestAgent.Dispatch;
using GuestAgent.Telemetry;

namespace GuestAgent.Operations.Telemetry;

/// <summary>Starts to tell the host of changes.</summary>
internal sealed class EventsSubscribeOperation(GuestEvents events)
    : IOperation<EventsSubscribeRequest, Unrestricted, EventsSubscribeResult>
{
    /// <inheritdoc/>
    public ValueTask<EventsSubscribeResult> ExecuteAsync(
        EventsSubscribeRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken) =>
        new(new EventsSubscribeResult(events.Subscribe(context.Attach)));
}
