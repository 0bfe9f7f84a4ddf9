namespace GuestAgent.Linux;

/// <summary>A time stamp of a file.</summary>
/// <param name="Seconds">Seconds since the epoch; may be negative.</param>
/// <param name="Nanoseconds">0 to 999,999,999 more.</param>
internal readonly record struct FileTime(long Seconds, uint Nanoseconds)
{
    /// <summary>Milliseconds since the epoch, rounded down.</summary>
    public long Milliseconds => unchecked((Seconds * 1000) + (Nanoseconds / 1_000_000));
}
