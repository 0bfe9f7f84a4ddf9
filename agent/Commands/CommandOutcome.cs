using GuestAgent.Execution;


namespace GuestAgent.Commands;

/// <summary>How a command ended.</summary>
/// <param name="Status">Exit code or signal.</param>
/// <param name="Elapsed">From start to exit.</param>
/// <param name="EndReason">Why it has ended.</param>
internal sealed record CommandOutcome(ExitStatus Status, TimeSpan Elapsed, EndReason EndReason)
{
    /// <summary>Whether the kernel has killed a process of it because its memory was used up.</summary>
    public bool OomKilled { get; init; }
}
