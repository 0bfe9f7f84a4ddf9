using GuestAgent.Linux.Native;


namespace GuestAgent.Execution;

/// <summary>How a child ended. Neither a code nor a signal means that somebody else has reaped it.</summary>
/// <param name="ExitCode">What it passed to exit(3), 0 to 255; null when a signal ended it.</param>
/// <param name="Signal">The signal that ended it; null when it exited by itself.</param>
/// <param name="CoreDumped">Whether a core was written.</param>
/// <param name="Usage">What it and the children that it waited for have used.</param>
internal sealed record ExitStatus(int? ExitCode, int? Signal, bool CoreDumped, ResourceUsage Usage)
{
    /// <summary>The end of a child whose status is lost.</summary>
    public static readonly ExitStatus Unknown = new(null, null, false, default);

    /// <summary>Reads what waitid(2) reports.</summary>
    public static ExitStatus From(in NativeMethods.siginfo_t info, in NativeMethods.rusage usage)
    {
        ResourceUsage used = new(
            FromTimeval(usage.ru_utime_sec, usage.ru_utime_usec),
            FromTimeval(usage.ru_stime_sec, usage.ru_stime_usec));
        return info.si_code == LibC.CLD_EXITED ? new(info.si_status, null, false, used)
            : info.si_code == LibC.CLD_KILLED ? new(null, info.si_status, false, used)
            : info.si_code == LibC.CLD_DUMPED ? new(null, info.si_status, true, used)
            : Unknown;
    }

    private static TimeSpan FromTimeval(long seconds, long microseconds) =>
        TimeSpan.FromTicks((seconds * TimeSpan.TicksPerSecond) + (microseconds * TimeSpan.TicksPerMicrosecond));
}
