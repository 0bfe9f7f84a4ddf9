using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Exec;

/// <summary>Sends a signal to a running command.</summary>
public static class ExecSignal
{
    /// <summary>The operation <c>exec_signal</c>.</summary>
    public static readonly OperationContract<ExecSignalRequest, ExecSignalResult> Contract =
        new("exec_signal", Access.Execute, () => ExecSignalJson.Default.ExecSignalRequest,
            () => ExecSignalJson.Default.ExecSignalResult)
        {
            ContinuesAuditedCall = true,
        };
}

/// <summary>Parameters of <c>exec_signal</c>.</summary>
/// <param name="Id">The id of the <c>exec_command</c> request, on the same connection.</param>
/// <param name="Signal">Signal number, 1 to 64 (signal(7)).</param>
/// <param name="Group">False signals only the command itself, not its process group.</param>
public sealed record ExecSignalRequest(CallId Id, int Signal, bool Group = true);

/// <summary>Result of <c>exec_signal</c>.</summary>
/// <param name="Sent">Always true; a command that has ended is the error <c>not found</c>.</param>
public sealed record ExecSignalResult(bool Sent);

/// <summary>JSON shapes of <c>exec_signal</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ExecSignalRequest))]
[JsonSerializable(typeof(ExecSignalResult))]
public sealed partial class ExecSignalJson : JsonSerializerContext;
