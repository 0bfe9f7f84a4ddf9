using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Telemetry;

/// <summary>
/// Starts the notification <c>telemetry</c> for the host that asks; a second call changes the interval. The first report
/// comes after one interval, since rates need two samples.
/// </summary>
public static class TelemetrySubscribe
{
    /// <summary>The operation <c>telemetry_subscribe</c>.</summary>
    public static readonly OperationContract<TelemetrySubscribeRequest, TelemetrySubscribeResult> Contract =
        new("telemetry_subscribe", Access.Observe, () => TelemetrySubscribeJson.Default.TelemetrySubscribeRequest,
            () => TelemetrySubscribeJson.Default.TelemetrySubscribeResult);

    /// <summary>The notification <c>telemetry</c>; only the newest waits for a host that reads slowly.</summary>
    public static readonly EventContract<TelemetryReport> Report =
        new("telemetry", () => TelemetrySubscribeJson.Default.TelemetryReport);
}

/// <summary>Parameters of <c>telemetry_subscribe</c>.</summary>
/// <param name="IntervalSeconds">Seconds between two reports, 1 to 3600.</param>
public sealed record TelemetrySubscribeRequest(double IntervalSeconds = 5);

/// <summary>Result of <c>telemetry_subscribe</c>.</summary>
/// <param name="IntervalSeconds">Seconds between two reports.</param>
public sealed record TelemetrySubscribeResult(double IntervalSeconds);

/// <summary>JSON shapes of <c>telemetry_subscribe</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TelemetrySubscribeRequest))]
[JsonSerializable(typeof(TelemetrySubscribeResult))]
[JsonSerializable(typeof(TelemetryReport))]
public sealed partial class TelemetrySubscribeJson : JsonSerializerContext;
