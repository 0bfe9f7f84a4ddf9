namespace GuestAgent.Linux.Time;

/// <summary>A time stamp of a file.</summary>
/// <param name="Seconds">Seconds since the epoch; may be negative.</param>
/// <param name="Nanoseconds">0 to 999,999,999 more.</param>
internal readonly record struct FileTime(long Seconds, uint Nanoseconds)
{
    /// <summary>Milliseconds since the epoch, rounded down.</summary>
    public long Milliseconds => unchecked((Seconds * 1000) + (Nanoseconds / 1_000_000));

    /// <summary>The time that lies so far behind the epoch, or before it.</summary>
    /// <param name="milliseconds">Milliseconds; may be negative.</param>
    /// <param name="nanoseconds">0 to 999,999 more.</param>
    public static FileTime Of(long milliseconds, int nanoseconds)
    {
        (long seconds, long rest) = Math.DivRem(milliseconds, 1000);
        return rest < 0
            ? new FileTime(seconds - 1, (uint)(((rest + 1000) * 1_000_000) + nanoseconds))
            : new FileTime(seconds, (uint)((rest * 1_000_000) + nanoseconds));
    }

    /// <summary>Nanoseconds beyond <see cref="Milliseconds"/>.</summary>
    public int NanosecondsBeyond => (int)(Nanoseconds % 1_000_000);
}
