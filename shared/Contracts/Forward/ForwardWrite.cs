using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Forward;

/// <summary>
/// Sends bytes over a forwarded connection, in the order in which the requests come. The reply comes when the guest's kernel has
/// taken them: that is the back-pressure.
/// </summary>
public static class ForwardWrite
{
    /// <summary>The operation <c>forward_write</c>.</summary>
    public static readonly OperationContract<ForwardWriteRequest, ForwardWriteResult> Contract =
        new("forward_write", Access.Execute, () => ForwardWriteJson.Default.ForwardWriteRequest,
            () => ForwardWriteJson.Default.ForwardWriteResult)
        {
            // Whoever is there may leave it unread for as long as the connection lasts.
            Deadline = null,
            ContinuesAuditedCall = true,
            TakesBytes = true,
        };
}

/// <summary>Parameters of <c>forward_write</c>.</summary>
/// <param name="Id">The id of the <c>forward_open</c> or <c>forward_accept</c> request, on the same connection.</param>
/// <param name="Data">The bytes; base64 on the wire; none by default.</param>
/// <param name="Eof">True sends no more after them; what comes from there still comes.</param>
public sealed record ForwardWriteRequest(CallId Id, ReadOnlyMemory<byte> Data = default, bool Eof = false);

/// <summary>Result of <c>forward_write</c>.</summary>
/// <param name="Written">Bytes that the kernel has taken.</param>
public sealed record ForwardWriteResult(int Written);

/// <summary>JSON shapes of <c>forward_write</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ForwardWriteRequest))]
[JsonSerializable(typeof(ForwardWriteResult))]
public sealed partial class ForwardWriteJson : JsonSerializerContext;
