namespace GuestAgent.Storage;

/// <summary>What asking one file system gave.</summary>
/// <param name="Capacity">How full it is; null when it did not tell.</param>
/// <param name="Reason">Why it did not: <c>timeout</c>, <c>skipped</c> or a Linux error name; empty when it did.</param>
internal sealed record CapacityAnswer(Capacity? Capacity, string Reason = "")
{
    /// <summary>It does not answer.</summary>
    public static readonly CapacityAnswer TimedOut = new(null, "timeout");

    /// <summary>It was not asked, as too many others do not answer.</summary>
    public static readonly CapacityAnswer Skipped = new(null, "skipped");
}
