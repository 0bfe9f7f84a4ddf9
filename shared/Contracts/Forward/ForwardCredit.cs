using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Forward;

/// <summary>Lets a forwarded connection send more to the host.</summary>
public static class ForwardCredit
{
    /// <summary>The operation <c>forward_credit</c>; usually sent as a notification.</summary>
    public static readonly OperationContract<ForwardCreditRequest, ForwardCreditResult> Contract =
        new("forward_credit", Access.Execute, () => ForwardCreditJson.Default.ForwardCreditRequest,
            () => ForwardCreditJson.Default.ForwardCreditResult)
        {
            ContinuesAuditedCall = true,
        };
}

/// <summary>Parameters of <c>forward_credit</c>.</summary>
/// <param name="Id">The id of the <c>forward_open</c> or <c>forward_accept</c> request, on the same connection.</param>
/// <param name="Bytes">Bytes that may be sent in addition; 1 to 16777216.</param>
public sealed record ForwardCreditRequest(CallId Id, int Bytes);

/// <summary>Result of <c>forward_credit</c>.</summary>
/// <param name="Window">Bytes that may be sent now.</param>
public sealed record ForwardCreditResult(long Window);

/// <summary>JSON shapes of <c>forward_credit</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ForwardCreditRequest))]
[JsonSerializable(typeof(ForwardCreditResult))]
public sealed partial class ForwardCreditJson : JsonSerializerContext;
