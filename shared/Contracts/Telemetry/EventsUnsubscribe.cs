using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Telemetry;

/// <summary>Ends the notification <c>agent_events</c>.</summary>
public static class EventsUnsubscribe
{
    /// <summary>The operation <c>events_unsubscribe</c>.</summary>
    public static readonly OperationContract<EventsUnsubscribeRequest, EventsUnsubscribeResult> Contract =
        new("events_unsubscribe", Access.Observe, () => EventsUnsubscribeJson.Default.EventsUnsubscribeRequest,
            () => EventsUnsubscribeJson.Default.EventsUnsubscribeResult);
}

/// <summary>Parameters of <c>events_unsubscribe</c>: none.</summary>
public sealed record EventsUnsubscribeRequest;

/// <summary>Result of <c>events_unsubscribe</c>.</summary>
/// <param name="Unsubscribed">False when there was no subscription.</param>
public sealed record EventsUnsubscribeResult(bool Unsubscribed);

/// <summary>JSON shapes of <c>events_unsubscribe</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(EventsUnsubscribeRequest))]
[JsonSerializable(typeof(EventsUnsubscribeResult))]
public sealed partial class EventsUnsubscribeJson : JsonSerializerContext;
