using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux;

/// <content>Descriptors and the few paths that the process code touches.</content>
internal static unsafe partial class LibC
{
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const int O_PATH = 0x200000;

    // The one flag here that differs: include/uapi/asm-generic/fcntl.h against arch/arm64/include/uapi/asm/fcntl.h.
    public static readonly int O_DIRECTORY =
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    public const int F_SETFD = 2;
    public const int F_GETFL = 3;
    public const int F_SETFL = 4;
    public const int FD_CLOEXEC = 1;

    public const uint MFD_CLOEXEC = 1;
    public const int F_OK = 0;

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

    /// <summary>https://man7.org/linux/man-pages/man2/chdir.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int chdir(byte* path);

    /// <summary>https://man7.org/linux/man-pages/man2/pipe.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pipe2(int* descriptors, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/memfd_create.2.html</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle memfd_create(string name, uint flags);

    /// <summary>https://man7.org/linux/man-pages/man2/read.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(SafeHandle descriptor, byte* buffer, nint count);

    /// <summary>https://man7.org/linux/man-pages/man2/write.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(SafeHandle descriptor, byte* buffer, nint count);

    /// <summary>https://man7.org/linux/man-pages/man2/pread.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pread(SafeHandle descriptor, byte* buffer, nint count, nint offset);

    /// <summary>https://man7.org/linux/man-pages/man2/fcntl.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(SafeHandle descriptor, int command, int argument);
}
