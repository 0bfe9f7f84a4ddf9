using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Native;

/// <content>Descriptors and the few paths that the process code touches.</content>
internal static unsafe partial class NativeMethods
{
    /// <summary>https://man7.org/linux/man-pages/man2/open.2.html</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle open(string path, int flags, uint mode);

    /// <summary>https://man7.org/linux/man-pages/man2/access.2.html</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int access(string path, int mode);

    /// <summary>https://man7.org/linux/man-pages/man2/mkdir.2.html</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mkdir(string path, uint mode);

    /// <summary>https://man7.org/linux/man-pages/man2/rmdir.2.html</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rmdir(string path);

    /// <summary>https://man7.org/linux/man-pages/man2/memfd_create.2.html</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle memfd_create(string name, uint flags);

    /// <summary>https://man7.org/linux/man-pages/man2/read.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(SafeHandle descriptor, byte* buffer, nint count);

    /// <summary>https://man7.org/linux/man-pages/man2/write.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(SafeHandle descriptor, byte* buffer, nint count);

    /// <summary>https://man7.org/linux/man-pages/man2/lseek.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial long lseek(SafeHandle descriptor, long offset, int whence);

    /// <summary>https://man7.org/linux/man-pages/man2/pread.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pread(SafeHandle descriptor, byte* buffer, nint count, nint offset);

    /// <summary>https://man7.org/linux/man-pages/man2/fcntl.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(SafeHandle descriptor, int command, int argument);
}
