using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Processes;

/// <summary>Sends a signal to a process of the guest; never to PID 1, a kernel thread, the agent or its parents.</summary>
public static class ProcessSignal
{
    /// <summary>The operation <c>process_signal</c>.</summary>
    public static readonly OperationContract<ProcessSignalRequest, ProcessSignalResult> Contract =
        new("process_signal", Access.Execute, () => ProcessSignalJson.Default.ProcessSignalRequest,
            () => ProcessSignalJson.Default.ProcessSignalResult);
}

/// <summary>Parameters of <c>process_signal</c>.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Signal">Signal number, 1 to 64 (signal(7)); SIGTERM by default.</param>
/// <param name="StartedMs">
/// When the process started, as <c>process_list</c> told: one that has taken over the number since is not signalled.
/// </param>
public sealed record ProcessSignalRequest(int Pid, int Signal = 15, long? StartedMs = null);

/// <summary>Result of <c>process_signal</c>.</summary>
/// <param name="Sent">Always true; a process that is gone is the error <c>not found</c>.</param>
public sealed record ProcessSignalResult(bool Sent);

/// <summary>JSON shapes of <c>process_signal</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ProcessSignalRequest))]
[JsonSerializable(typeof(ProcessSignalResult))]
public sealed partial class ProcessSignalJson : JsonSerializerContext;
