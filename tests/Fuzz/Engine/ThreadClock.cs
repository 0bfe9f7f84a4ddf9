using System.Runtime.InteropServices;

namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>Processor time of the calling thread, which other programs of a busy machine do not lengthen: clock_gettime(2).</summary>
internal static partial class ThreadClock
{
    private const int CLOCK_THREAD_CPUTIME_ID = 3;

    /// <summary>The time that it has had.</summary>
    public static TimeSpan Now
    {
        get
        {
            _ = clock_gettime(CLOCK_THREAD_CPUTIME_ID, out Timespec time);
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
        }
    }

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int clock_gettime(int clock, out Timespec time);

    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
