using System.Runtime.InteropServices;
using Tmds.Linux;

#pragma warning disable CS8981 // Structures keep the kernel's names.

namespace GuestAgent.Linux.Native;

/// <content>The machine as a whole: its name, its clocks, its file systems.</content>
internal static unsafe partial class NativeMethods
{
    public const int CLOCK_REALTIME = 0;
    public const int CLOCK_BOOTTIME = 7;

    /// <summary>https://man7.org/linux/man-pages/man2/uname.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int uname(byte* names);

    /// <summary>https://man7.org/linux/man-pages/man2/clock_gettime.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int clock_gettime(int clock, timespec* time);

    /// <summary>https://man7.org/linux/man-pages/man2/clock_settime.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int clock_settime(int clock, timespec* time);

    /// <summary>https://man7.org/linux/man-pages/man2/adjtimex.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int adjtimex(timex* state);

    /// <summary>https://man7.org/linux/man-pages/man3/tzset.3.html</summary>
    [LibraryImport("libc")]
    internal static partial void tzset();

    /// <summary>https://man7.org/linux/man-pages/man3/localtime_r.3.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial tm* localtime_r(long* time, tm* result);

    /// <summary>https://man7.org/linux/man-pages/man2/statfs.2.html</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statfs(string path, statfs_t* result);

    /// <summary>https://man7.org/linux/man-pages/man3/tm.3type.html</summary>
    [StructLayout(LayoutKind.Explicit, Size = 56)]
    internal struct tm
    {
        [FieldOffset(40)] public long tm_gmtoff;
    }

    /// <summary>https://man7.org/linux/man-pages/man2/adjtimex.2.html, in the layout of 64-bit architectures.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 208)]
    internal struct timex
    {
        [FieldOffset(0)] public uint modes;
        [FieldOffset(24)] public long maxerror;
    }
}
