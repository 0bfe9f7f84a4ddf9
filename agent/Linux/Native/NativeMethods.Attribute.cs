using System.Runtime.InteropServices;

namespace GuestAgent.Linux.Native;

/// <content>Extended attributes. Names are looked at in /proc/self/fd only, as O_PATH descriptors have no such calls.</content>
internal static unsafe partial class NativeMethods
{
    /// <summary>https://man7.org/linux/man-pages/man2/listxattr.2.html (follows links: for /proc/self/fd only)</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint listxattr(byte* path, byte* list, nuint size);

    /// <summary>https://man7.org/linux/man-pages/man2/getxattr.2.html (follows links: for /proc/self/fd only)</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getxattr(byte* path, byte* name, byte* value, nuint size);

    /// <summary>https://man7.org/linux/man-pages/man2/setxattr.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsetxattr(SafeHandle file, byte* name, byte* value, nuint size, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/removexattr.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fremovexattr(SafeHandle file, byte* name);
}
