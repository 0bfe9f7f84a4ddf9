namespace GuestAgent.Dispatch;

/// <summary>A part of a content.</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="Length">How many bytes it has; null for all that follow.</param>
internal readonly record struct ContentPart(long Offset, long? Length)
{
    /// <summary>No bytes.</summary>
    public static readonly ContentPart None = new(0, 0);

    /// <summary>All bytes.</summary>
    public static readonly ContentPart All = new(0, null);
}
