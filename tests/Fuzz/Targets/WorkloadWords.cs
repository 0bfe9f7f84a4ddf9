namespace GuestAgent.Tests.Fuzz.Targets;

/// <summary>Words of the language for workloads.</summary>
internal static class WorkloadWords
{
    /// <summary>Names of members and their values.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        "runtime", "code", "code_archive", "input", "env", "entrypoint", "timeout_s", "features", "streams", "details", "type", "log",
        "line", "result", "response", "cancel", "stream", "stdout", "stderr", "offset", "exit_code", "output", "error", "log_lines",
        "error_code", "signal", "timed_out", "output_bytes", "output_truncated", "duration_ms", "t", "main", "A",
    ];
}
