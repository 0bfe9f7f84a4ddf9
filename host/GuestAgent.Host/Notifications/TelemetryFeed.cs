using GuestAgent.Contracts.Telemetry;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host.Notifications;

/// <summary>The notification <c>telemetry</c>: of reports that nobody has taken, only the newest is worth something.</summary>
internal sealed class TelemetryFeed() : Feed<TelemetryReport>(TelemetrySubscribe.Report)
{
    /// <inheritdoc/>
    protected override TelemetryReport Merge(TelemetryReport waiting, TelemetryReport newer) => newer;

    /// <inheritdoc/>
    protected override Task SubscribeAsync(GuestLink link, TimeSpan interval, CancellationToken cancellationToken) =>
        link.CallAsync(
            TelemetrySubscribe.Contract, new TelemetrySubscribeRequest(interval.TotalSeconds), cancellationToken);

    /// <inheritdoc/>
    protected override Task UnsubscribeAsync(GuestLink link) =>
        link.PostAsync(TelemetryUnsubscribe.Contract, new TelemetryUnsubscribeRequest());
}
