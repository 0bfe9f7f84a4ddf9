using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Exec;

/// <summary>Lets a streamed command that was started with <c>window_bytes</c> send more output.</summary>
public static class ExecCredit
{
    /// <summary>The operation <c>exec_credit</c>; usually sent as a notification.</summary>
    public static readonly OperationContract<ExecCreditRequest, ExecCreditResult> Contract =
        new("exec_credit", Access.Execute, () => ExecCreditJson.Default.ExecCreditRequest,
            () => ExecCreditJson.Default.ExecCreditResult)
        {
            ContinuesAuditedCall = true,
        };
}

/// <summary>Parameters of <c>exec_credit</c>.</summary>
/// <param name="Id">The id of the <c>exec_command</c> request, on the same connection.</param>
/// <param name="Bytes">Bytes of output, both streams together, that may be sent in addition; 1 to 16777216.</param>
public sealed record ExecCreditRequest(CallId Id, int Bytes);

/// <summary>Result of <c>exec_credit</c>.</summary>
/// <param name="Window">Bytes that may be sent now.</param>
public sealed record ExecCreditResult(long Window);

/// <summary>JSON shapes of <c>exec_credit</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ExecCreditRequest))]
[JsonSerializable(typeof(ExecCreditResult))]
public sealed partial class ExecCreditJson : JsonSerializerContext;
