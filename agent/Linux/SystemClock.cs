namespace GuestAgent.Linux;

/// <summary>The kernel's clocks and the guest's time zone.</summary>
internal static class SystemClock
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>The wall clock, milliseconds since the epoch.</summary>
    public static long UnixMilliseconds => Read(LibC.CLOCK_REALTIME);

    /// <summary>Milliseconds since boot, suspended time included.</summary>
    public static long BootMilliseconds => Read(LibC.CLOCK_BOOTTIME);

    /// <summary>Whether something keeps the wall clock right: the kernel forgets it 16 s of doubt after the last correction.</summary>
    public static unsafe bool IsSynchronized
    {
        get
        {
            LibC.timex state = default;
            // SAFETY: with no mode set the call only fills the structure, which has the size of struct timex.
            return LibC.adjtimex(&state) >= 0 && (state.status & LibC.STA_UNSYNC) == 0;
        }
    }

    /// <summary>Seconds that local time is ahead of UTC at a moment.</summary>
    /// <param name="unixSeconds">The moment, seconds since the epoch.</param>
    public static unsafe int UtcOffsetSeconds(long unixSeconds)
    {
        // tzset looks at /etc/localtime again, so that a changed time zone is seen; localtime_r alone would not.
        LibC.tzset();
        LibC.tm local = default;
        // SAFETY: the result has the size of struct tm.
        return LibC.localtime_r(&unixSeconds, &local) is null ? 0 : (int)local.tm_gmtoff;
    }

    /// <summary>Sets the wall clock.</summary>
    /// <param name="unixMilliseconds">Milliseconds since the epoch.</param>
    /// <exception cref="LinuxException">EPERM; EINVAL for a time that the kernel cannot have.</exception>
    public static unsafe void Set(long unixMilliseconds)
    {
        (long seconds, long rest) = Math.DivRem(unixMilliseconds, 1000);
        LibC.timespec time = new() { tv_sec = seconds, tv_nsec = rest * NanosecondsPerMillisecond };
        // SAFETY: the kernel reads one struct timespec.
        if (LibC.clock_settime(LibC.CLOCK_REALTIME, &time) != 0)
        {
            throw LinuxException.FromLastError("clock_settime");
        }
    }

    private static unsafe long Read(int clock)
    {
        LibC.timespec time = default;
        // SAFETY: the kernel writes one struct timespec.
        return LibC.clock_gettime(clock, &time) == 0
            ? (time.tv_sec * 1000) + (time.tv_nsec / NanosecondsPerMillisecond)
            : throw LinuxException.FromLastError("clock_gettime");
    }
}
