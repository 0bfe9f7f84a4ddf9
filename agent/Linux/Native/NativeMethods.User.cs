using System.Runtime.InteropServices;

namespace GuestAgent.Linux.Native;

/// <content>Changing the user, and the signal state that an exec would carry over.</content>
internal static unsafe partial class NativeMethods
{
    public const uint CLOSE_RANGE_CLOEXEC = 4;

    /// <summary>https://man7.org/linux/man-pages/man2/close_range.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close_range(uint first, uint last, uint flags);
}
