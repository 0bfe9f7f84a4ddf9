using GuestAgent.Linux.Native;
using Tmds.Linux;

namespace GuestAgent.Linux.Time;

/// <summary>The kernel's clocks and the guest's time zone.</summary>
internal static class SystemClock
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    // NTP_PHASE_LIMIT of the kernel.
    private const long LargestErrorMicroseconds = 16_000_000;

    /// <summary>The wall clock, milliseconds since the epoch.</summary>
    public static long UnixMilliseconds => Read(NativeMethods.CLOCK_REALTIME);

    /// <summary>Milliseconds since boot, suspended time included.</summary>
    public static long BootMilliseconds => Read(NativeMethods.CLOCK_BOOTTIME);

    /// <summary>
    /// Whether something keeps the wall clock right, as timedatectl decides it: the kernel's bound of the error, which grows by
    /// half a millisecond a second after the last correction, is below its largest. Not by STA_UNSYNC, which an NTP client may set so
    /// that the kernel leaves the hardware clock alone. Null when the kernel is not to be asked, as by a filter of system calls.
    /// </summary>
    public static unsafe bool? IsSynchronized
    {
        get
        {
            NativeMethods.timex state = default;
            // SAFETY: with no mode set the call only fills the structure, which has the size of struct timex.
            return NativeMethods.adjtimex(&state) >= 0 ? state.maxerror < LargestErrorMicroseconds : null;
        }
    }

    /// <summary>Seconds that local time is ahead of UTC at a moment.</summary>
    /// <param name="unixSeconds">The moment, seconds since the epoch.</param>
    public static unsafe int UtcOffsetSeconds(long unixSeconds)
    {
        // tzset looks at /etc/localtime again, so that a changed time zone is seen; localtime_r alone would not.
        NativeMethods.tzset();
        NativeMethods.tm local = default;
        // SAFETY: the result has the size of struct tm.
        return NativeMethods.localtime_r(&unixSeconds, &local) is null ? 0 : (int)local.tm_gmtoff;
    }

    /// <summary>Sets the wall clock.</summary>
    /// <param name="unixMilliseconds">Milliseconds since the epoch.</param>
    /// <exception cref="LinuxException">EPERM; EINVAL for a time that the kernel cannot have.</exception>
    public static unsafe void Set(long unixMilliseconds)
    {
        (long seconds, long rest) = Math.DivRem(unixMilliseconds, 1000);
        timespec time = new() { tv_sec = seconds, tv_nsec = (long_t)(rest * NanosecondsPerMillisecond) };
        // SAFETY: the kernel reads one struct timespec.
        if (NativeMethods.clock_settime(NativeMethods.CLOCK_REALTIME, &time) != 0)
        {
            throw LinuxException.FromLastError("clock_settime");
        }
    }

    private static unsafe long Read(int clock)
    {
        timespec time = default;
        // SAFETY: the kernel writes one struct timespec.
        return NativeMethods.clock_gettime(clock, &time) == 0
            ? (time.tv_sec * 1000) + (time.tv_nsec / NanosecondsPerMillisecond)
            : throw LinuxException.FromLastError("clock_gettime");
    }
}
