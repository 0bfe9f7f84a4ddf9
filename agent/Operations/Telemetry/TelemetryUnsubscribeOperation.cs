using GuestAgent.Contracts.Telemetry;
using GuestAgent.Dispatch;
using GuestAgent.Telemetry;

namespace GuestAgent.Operations.Telemetry;

/// <summary>Ends the host's telemetry.</summary>
internal sealed class TelemetryUnsubscribeOperation(TelemetryFeed feed)
    : IOperation<TelemetryUnsubscribeRequest, Unrestricted, TelemetryUnsubscribeResult>
{
    /// <inheritdoc/>
    public ValueTask<TelemetryUnsubscribeResult> ExecuteAsync(
        TelemetryUnsubscribeRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken) =>
        new(new TelemetryUnsubscribeResult(feed.Unsubscribe(context.Session)));
}
