using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Forward;

/// <summary>Takes a connection that came to a listener of the host; from then on as <c>forward_open</c>.</summary>
public static class ForwardAccept
{
    /// <summary>The operation <c>forward_accept</c>.</summary>
    public static readonly OperationContract<ForwardAcceptRequest, ForwardResult> Contract =
        new("forward_accept", Access.Execute, () => ForwardAcceptJson.Default.ForwardAcceptRequest,
            () => ForwardAcceptJson.Default.ForwardResult)
        {
            Deadline = null,
            ContinuesAuditedCall = true,
        };
}

/// <summary>Parameters of <c>forward_accept</c>.</summary>
/// <param name="Id">The id of the <c>forward_listen</c> request, on the same connection.</param>
/// <param name="Connection">Number of the connection, from <c>forward_incoming</c>.</param>
/// <param name="WindowBytes">As for <c>forward_open</c>.</param>
public sealed record ForwardAcceptRequest(CallId Id, long Connection, int WindowBytes = 262144);

/// <summary>JSON shapes of <c>forward_accept</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ForwardAcceptRequest))]
[JsonSerializable(typeof(ForwardResult))]
public sealed partial class ForwardAcceptJson : JsonSerializerContext;
