using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Telemetry;

/// <summary>Starts the notification <c>agent_events</c> for the host that asks.</summary>
public static class EventsSubscribe
{
    /// <summary>The operation <c>events_subscribe</c>.</summary>
    public static readonly OperationContract<EventsSubscribeRequest, EventsSubscribeResult> Contract =
        new("events_subscribe", Access.Observe, () => EventsSubscribeJson.Default.EventsSubscribeRequest,
            () => EventsSubscribeJson.Default.EventsSubscribeResult);

    /// <summary>The notification <c>agent_events</c>; what waits for a host that reads slowly is joined.</summary>
    public static readonly EventContract<AgentEvents> Event =
        new("agent_events", () => EventsSubscribeJson.Default.AgentEvents);
}

/// <summary>Parameters of <c>events_subscribe</c>: none.</summary>
public sealed record EventsSubscribeRequest;

/// <summary>Result of <c>events_subscribe</c>.</summary>
/// <param name="Kinds">What the agent watches in this guest.</param>
public sealed record EventsSubscribeResult(IReadOnlyList<string> Kinds);

/// <summary>Content of the notification <c>agent_events</c>: something has changed; ask what.</summary>
/// <param name="Kinds">
/// What has changed since the former notification: <c>network</c> (<c>get_network_info</c>), <c>mounts</c>
/// (<c>get_disk_usage</c>).
/// </param>
/// <param name="Sequence">Counts the changes that were seen, from 1; a gap means that several came together.</param>
public sealed record AgentEvents(IReadOnlyList<string> Kinds, long Sequence);

/// <summary>JSON shapes of <c>events_subscribe</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(EventsSubscribeRequest))]
[JsonSerializable(typeof(EventsSubscribeResult))]
[JsonSerializable(typeof(AgentEvents))]
public sealed partial class EventsSubscribeJson : JsonSerializerContext;
