using GuestAgent.Contracts.Telemetry;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Telemetry;

namespace GuestAgent.Operations.Telemetry;

/// <summary>Starts the host's telemetry.</summary>
internal sealed class TelemetrySubscribeOperation(TelemetryFeed feed, Ongoing ongoing)
    : IOperation<TelemetrySubscribeRequest, Unrestricted, TelemetrySubscribeResult>
{
    private const int LongestSeconds = 3600;

    /// <inheritdoc/>
    public ValueTask<TelemetrySubscribeResult> ExecuteAsync(
        TelemetrySubscribeRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken)
    {
        if (request.IntervalSeconds is not (>= 1 and <= LongestSeconds))
        {
            throw OperationException.InvalidParameter(
                "interval_seconds", $"An interval is 1 to {LongestSeconds} seconds.", "range");
        }

        feed.Subscribe(context.Session, TimeSpan.FromSeconds(request.IntervalSeconds));
        OngoingSubscription.Begin(
            ongoing, TelemetrySubscribe.Contract, context, () => feed.Unsubscribe(context.Session));
        return new ValueTask<TelemetrySubscribeResult>(new TelemetrySubscribeResult(request.IntervalSeconds));
    }
}
