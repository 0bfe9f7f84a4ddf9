using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Workload;

/// <summary>Parameters of <c>run_workload</c>.</summary>
/// <param name="Runtime">Name of a runtime that the policy has.</param>
/// <param name="Code">The program's text; or a gzipped tar archive in base64.</param>
/// <param name="CodeArchive">A gzipped tar archive with the program, in place of <paramref name="Code"/>.</param>
/// <param name="Input">The program's standard input; empty by default.</param>
/// <param name="Env">Variables for the program, of which the runtime's rule must allow each name.</param>
/// <param name="Entrypoint">The file to run, relative to the program's directory; the runtime's own by default.</param>
/// <param name="TimeoutSeconds">Time limit, as for <c>exec_command</c>.</param>
/// <param name="Stream">True sends output as <c>exec_output</c> while it comes, besides that in the result.</param>
/// <param name="OutputEncoding">How the result's output is written.</param>
public sealed record RunWorkloadRequest(
    string Runtime,
    string Code = "",
    ReadOnlyMemory<byte>? CodeArchive = null,
    ReadOnlyMemory<byte>? Input = null,
    IReadOnlyDictionary<string, string>? Env = null,
    string? Entrypoint = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? TimeoutSeconds = null,
    bool Stream = false,
    TextEncoding OutputEncoding = TextEncoding.Auto);
