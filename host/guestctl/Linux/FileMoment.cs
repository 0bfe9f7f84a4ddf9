using Tmds.Linux;

namespace GuestAgent.Cli.Linux;

/// <summary>A time stamp of a file, as the agent tells it.</summary>
/// <param name="Milliseconds">Milliseconds since the epoch; may be negative.</param>
/// <param name="Nanoseconds">0 to 999,999 more.</param>
internal readonly record struct FileMoment(long Milliseconds, int Nanoseconds)
{
    private const int NanosecondsOfMillisecond = 1_000_000;

    /// <summary>As the kernel tells it; what no number has is the nearest that there is.</summary>
    public static FileMoment FromSeconds(long seconds, uint nanoseconds) => new(
        (Math.Clamp(seconds, long.MinValue / 1000 + 1, long.MaxValue / 1000 - 1) * 1000) + (nanoseconds / NanosecondsOfMillisecond),
        (int)(nanoseconds % NanosecondsOfMillisecond));

    /// <summary>As the kernel takes it, with the time of the last read left as it is.</summary>
    public NativeMethods.Times ToTimes()
    {
        (long seconds, long rest) = Math.DivRem(Milliseconds, 1000);
        bool isBefore = rest < 0;
        return new NativeMethods.Times
        {
            Accessed = new timespec { tv_nsec = LibC.UTIME_OMIT },
            Modified = new timespec
            {
                tv_sec = isBefore ? seconds - 1 : seconds,
                // The guest may tell any number.
                tv_nsec = (int)((isBefore ? rest + 1000 : rest) * NanosecondsOfMillisecond)
                    + Math.Clamp(Nanoseconds, 0, NanosecondsOfMillisecond - 1),
            },
        };
    }
}
