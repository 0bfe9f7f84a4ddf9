using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Exec;

/// <summary>Parameters of <c>exec_command</c>.</summary>
/// <param name="Command">Absolute path, or a name that is looked up in the policy's search path.</param>
/// <param name="Args">Arguments after the command's own name; none by default.</param>
/// <param name="TimeoutSeconds">
/// Time limit, above 0 and at most 2592000; more than the policy's ceiling is refused. 0 asks for none at all, which the policy must
/// have said, too. By default the ceiling where <c>stream</c> is true, else 30 or the ceiling where that is lower. After it
/// the command and all its descendants are ended and the error <c>timed out</c> carries the partial result.
/// </param>
/// <param name="CaptureOutput">False sends both outputs to the null device.</param>
/// <param name="WorkingDirectory">
/// Absolute path, in one of the trees that the rule has for it; <c>/</c> by default, or the home of <paramref name="User"/>
/// where it exists.
/// </param>
/// <param name="Env">Variables added to the base environment (PATH, HOME, USER, LOGNAME, SHELL, LANG).</param>
/// <param name="User">Name or number of the user to run as; the agent's own by default.</param>
/// <param name="Group">Name or number of the primary group; the user's own by default.</param>
/// <param name="Stdin">Data for the command's standard input, which is closed after it; empty by default.</param>
/// <param name="StdinEncoding">How <paramref name="Stdin"/> is written.</param>
/// <param name="StdinOpen">True keeps standard input open for <c>exec_stdin</c>.</param>
/// <param name="Stream">True sends output as <c>exec_output</c> while it comes, and none in the result.</param>
/// <param name="WindowBytes">
/// Streamed bytes that may be under way before the host grants more with <c>exec_credit</c>, 4096 to 16777216; without
/// it the output flows as fast as the channel takes it.
/// </param>
/// <param name="OutputEncoding">How the result's outputs are written.</param>
/// <param name="MaxOutputBytes">Bytes kept of each output; the policy's ceiling by default and at most.</param>
public sealed record ExecCommandRequest(
    string Command,
    IReadOnlyList<string>? Args = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? TimeoutSeconds = null,
    bool CaptureOutput = true,
    string? WorkingDirectory = null,
    IReadOnlyDictionary<string, string>? Env = null,
    string? User = null,
    string? Group = null,
    string? Stdin = null,
    TextEncoding StdinEncoding = TextEncoding.Utf8,
    bool StdinOpen = false,
    bool Stream = false,
    int? WindowBytes = null,
    TextEncoding OutputEncoding = TextEncoding.Auto,
    int? MaxOutputBytes = null);
