using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Processes;

/// <summary>Lists the processes of the guest.</summary>
public static class ProcessList
{
    /// <summary>The operation <c>process_list</c>.</summary>
    public static readonly OperationContract<ProcessListRequest, ProcessListResult> Contract =
        new("process_list", Access.Read, () => ProcessListJson.Default.ProcessListRequest,
            () => ProcessListJson.Default.ProcessListResult);
}

/// <summary>Parameters of <c>process_list</c>.</summary>
/// <param name="User">Only processes of this user: a name, or a number in decimal.</param>
/// <param name="Name">Only processes with this name, or whose program file has it.</param>
/// <param name="Limit">Most processes in the answer, 1 to 10000.</param>
/// <param name="After">Only processes with a larger number: the next page after this one.</param>
public sealed record ProcessListRequest(string? User = null, string? Name = null, int Limit = 1000, int After = 0);

/// <summary>Result of <c>process_list</c>.</summary>
/// <param name="Processes">The processes, by number.</param>
/// <param name="Truncated">True when there are more: ask again with <c>after</c> = the last number.</param>
public sealed record ProcessListResult(IReadOnlyList<ProcessEntry> Processes, bool Truncated);

/// <summary>JSON shapes of <c>process_list</c>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ProcessListRequest))]
[JsonSerializable(typeof(ProcessListResult))]
public sealed partial class ProcessListJson : JsonSerializerContext;
