using GuestAgent.Host.Workloads;

namespace GuestAgent.Cli.Output;

/// <summary>How a program of this host ended: what <c>run --json</c> prints. What is null was not told by the guest.</summary>
/// <param name="ExitCode">Its exit code; -1 when a signal ended it, or when it did not run.</param>
/// <param name="Output">The beginning of what it wrote.</param>
/// <param name="Error">Why it did not run to its end.</param>
/// <param name="ErrorCode">Kind of the error.</param>
/// <param name="Signal">The signal that ended it.</param>
/// <param name="OutputTruncated">True when it wrote more.</param>
/// <param name="DurationSeconds">From its start to its exit.</param>
/// <param name="OomKilled">True when a process of it was killed because its memory was used up.</param>
internal sealed record WorkloadReport(
    int ExitCode,
    string Output,
    string? Error,
    string? ErrorCode,
    int? Signal,
    bool? OutputTruncated,
    double? DurationSeconds,
    bool? OomKilled)
{
    /// <summary>The report of a result.</summary>
    public static WorkloadReport Of(WorkloadResult result) => new(
        result.ExitCode,
        result.Output,
        result.Error,
        result.ErrorCode,
        result.Signal,
        result.OutputTruncated,
        result.Duration?.TotalSeconds,
        result.OomKilled);
}
