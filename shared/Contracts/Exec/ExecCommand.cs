using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Exec;

/// <summary>Runs a program, without a shell, and tells how it ended.</summary>
public static class ExecCommand
{
    /// <summary>The operation <c>exec_command</c>.</summary>
    public static readonly OperationContract<ExecCommandRequest, ExecCommandResult> Contract =
        new("exec_command", Access.Execute, () => ExecCommandJson.Default.ExecCommandRequest,
            () => ExecCommandJson.Default.ExecCommandResult)
        {
            // The command's own time limit holds, and its grace after that.
            Deadline = null,
        };

    /// <summary>Time limit in seconds of a request that names none and does not stream its output.</summary>
    public const double DefaultSeconds = 30;

    /// <summary>Output of a streamed command, as it comes.</summary>
    public static readonly EventContract<ExecOutput> Output =
        new("exec_output", () => ExecCommandJson.Default.ExecOutput);
}

/// <summary>JSON shapes of <c>exec_command</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ExecCommandRequest))]
[JsonSerializable(typeof(ExecCommandResult))]
[JsonSerializable(typeof(ExecOutput))]
public sealed partial class ExecCommandJson : JsonSerializerContext;
