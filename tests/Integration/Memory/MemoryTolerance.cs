namespace GuestAgent.Tests.Integration.Memory;

/// <summary>What may be resident beside what is counted.</summary>
internal static class MemoryTolerance
{
    /// <summary>
    /// When everything has been given back: the collector's own heap, and what requests of any kind have touched for the first
    /// time.
    /// </summary>
    public const long AfterwardsBytes = 16L << 20;

    /// <summary>
    /// While the budget is used up. Most of what is not counted, garbage and what connections read into, has its place within
    /// the budget; the rest is as above.
    /// </summary>
    public const long WhileUsedUpBytes = 16L << 20;

    /// <summary>
    /// The same where thousands of short answers are made at once: garbage that the collector has not looked at, of which up to
    /// 20 MiB were seen.
    /// </summary>
    public const long OfManyAnswersBytes = 28L << 20;
}
