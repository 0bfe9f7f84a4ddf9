using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Session;

/// <summary>
/// Tells the agent that a reply has arrived. Written is not received: a power-off drops what is still on its way. The
/// agent waits for this, a short time, before it acts on <c>shutdown</c> and <c>reboot</c>.
/// </summary>
public static class ReplyReceived
{
    /// <summary>Method name of the conversation message <c>reply_received</c>, a notification.</summary>
    public const string Method = "reply_received";
}

/// <summary>Parameters of <c>reply_received</c>.</summary>
/// <param name="Id">The id of the request whose reply has arrived.</param>
public sealed record ReplyReceivedRequest(CallId Id);

/// <summary>Result of <c>reply_received</c>, for a host that sends it as a request.</summary>
/// <param name="Awaited">False when the agent was not waiting for it.</param>
public sealed record ReplyReceivedResult(bool Awaited);

/// <summary>JSON shapes of <c>reply_received</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ReplyReceivedRequest))]
[JsonSerializable(typeof(ReplyReceivedResult))]
public sealed partial class ReplyReceivedJson : JsonSerializerContext;
