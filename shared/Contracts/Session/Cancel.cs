using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Session;

/// <summary>Cancels a request that is in flight on the same connection.</summary>
public static class Cancel
{
    /// <summary>Method name of the conversation message <c>cancel</c>.</summary>
    public const string Method = "cancel";
}

/// <summary>Parameters of <c>cancel</c>.</summary>
/// <param name="Id">The id of the request to cancel.</param>
public sealed record CancelRequest(CallId Id);

/// <summary>Result of <c>cancel</c>.</summary>
/// <param name="Cancelled">False when no such request is in flight: it was answered already, or never came.</param>
public sealed record CancelResult(bool Cancelled);

/// <summary>JSON shapes of <c>cancel</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CancelRequest))]
[JsonSerializable(typeof(CancelResult))]
public sealed partial class CancelJson : JsonSerializerContext;
