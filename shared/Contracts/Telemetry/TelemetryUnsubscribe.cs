using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Telemetry;

/// <summary>Ends the notification <c>telemetry</c>.</summary>
public static class TelemetryUnsubscribe
{
    /// <summary>The operation <c>telemetry_unsubscribe</c>.</summary>
    public static readonly OperationContract<TelemetryUnsubscribeRequest, TelemetryUnsubscribeResult> Contract =
        new("telemetry_unsubscribe", Access.Observe, () => TelemetryUnsubscribeJson.Default.TelemetryUnsubscribeRequest,
            () => TelemetryUnsubscribeJson.Default.TelemetryUnsubscribeResult);
}

/// <summary>Parameters of <c>telemetry_unsubscribe</c>: none.</summary>
public sealed record TelemetryUnsubscribeRequest;

/// <summary>Result of <c>telemetry_unsubscribe</c>.</summary>
/// <param name="Unsubscribed">False when there was no subscription.</param>
public sealed record TelemetryUnsubscribeResult(bool Unsubscribed);

/// <summary>JSON shapes of <c>telemetry_unsubscribe</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TelemetryUnsubscribeRequest))]
[JsonSerializable(typeof(TelemetryUnsubscribeResult))]
public sealed partial class TelemetryUnsubscribeJson : JsonSerializerContext;
