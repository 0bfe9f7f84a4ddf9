using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Exec;

/// <summary>
/// Writes to the standard input of a running command that was started with <c>stdin_open</c>. Pieces are written in the
/// order in which they come; the reply comes when the command's pipe has taken the bytes.
/// </summary>
public static class ExecStdin
{
    /// <summary>The operation <c>exec_stdin</c>.</summary>
    public static readonly OperationContract<ExecStdinRequest, ExecStdinResult> Contract =
        new("exec_stdin", Access.Execute, () => ExecStdinJson.Default.ExecStdinRequest,
            () => ExecStdinJson.Default.ExecStdinResult)
        {
            // A command may leave its input unread for as long as it runs.
            Deadline = null,
            ContinuesAuditedCall = true,
            TakesBytes = true,
        };
}

/// <summary>Parameters of <c>exec_stdin</c>.</summary>
/// <param name="Id">The id of the <c>exec_command</c> request, on the same connection.</param>
/// <param name="Data">The bytes; base64 on the wire; none by default.</param>
/// <param name="Eof">True closes the input after them.</param>
public sealed record ExecStdinRequest(CallId Id, ReadOnlyMemory<byte> Data = default, bool Eof = false);

/// <summary>Result of <c>exec_stdin</c>.</summary>
/// <param name="Written">Bytes that the command's pipe has taken.</param>
public sealed record ExecStdinResult(int Written);

/// <summary>JSON shapes of <c>exec_stdin</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ExecStdinRequest))]
[JsonSerializable(typeof(ExecStdinResult))]
public sealed partial class ExecStdinJson : JsonSerializerContext;
