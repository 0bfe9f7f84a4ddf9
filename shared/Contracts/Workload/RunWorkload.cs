using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Workload;

/// <summary>Runs a program that the host brings along, with a runtime that the policy names.</summary>
public static class RunWorkload
{
    /// <summary>The operation <c>run_workload</c>.</summary>
    public static readonly OperationContract<RunWorkloadRequest, RunWorkloadResult> Contract =
        new("run_workload", Access.Execute, () => RunWorkloadJson.Default.RunWorkloadRequest,
            () => RunWorkloadJson.Default.RunWorkloadResult)
        {
            // The program's own time limit holds, and its grace after that.
            Deadline = null,
        };
}

/// <summary>JSON shapes of <c>run_workload</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RunWorkloadRequest))]
[JsonSerializable(typeof(RunWorkloadResult))]
public sealed partial class RunWorkloadJson : JsonSerializerContext;
