namespace GuestAgent.Host.Workloads;

/// <summary>How a program ended. What is null was not told by the guest.</summary>
/// <param name="ExitCode">Its exit code; -1 when a signal ended it, or when it did not run.</param>
/// <param name="Output">The beginning of what it wrote.</param>
/// <param name="Error">Why it did not run to its end; null when it did.</param>
/// <param name="ErrorCode">Kind of the error, such as <c>permission_denied</c> or <c>timed_out</c>.</param>
/// <param name="Signal">The signal that ended it.</param>
/// <param name="OutputTruncated">True when it wrote more than is in <paramref name="Output"/>.</param>
/// <param name="Duration">From its start to its exit.</param>
public sealed record WorkloadResult(
    int ExitCode,
    string Output,
    string? Error,
    string? ErrorCode,
    int? Signal,
    bool? OutputTruncated,
    TimeSpan? Duration)
{
    /// <summary>True when a process of it was killed because its memory was used up.</summary>
    public bool? OomKilled { get; init; }

    /// <summary>
    /// The runtimes that the guest has, where it has not the one that was asked for; null where it does not say. From the guest and
    /// not verified.
    /// </summary>
    public IReadOnlyList<string>? Runtimes { get; init; }
}
