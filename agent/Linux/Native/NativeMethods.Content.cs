using System.Runtime.InteropServices;

namespace GuestAgent.Linux.Native;

/// <content>Making files, filling them, and giving them a name.</content>
internal static unsafe partial class NativeMethods
{
    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;

    /// <summary>https://man7.org/linux/man-pages/man2/pwrite.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pwrite(SafeHandle file, byte* buffer, nint count, long offset);

    /// <summary>https://man7.org/linux/man-pages/man2/ftruncate.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ftruncate(SafeHandle file, long length);

    /// <summary>https://man7.org/linux/man-pages/man2/fallocate.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fallocate(SafeHandle file, int mode, long offset, long length);

    /// <summary>https://man7.org/linux/man-pages/man2/fdatasync.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fdatasync(SafeHandle file);

    /// <summary>https://man7.org/linux/man-pages/man2/fsync.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsync(SafeHandle file);

    /// <summary>https://man7.org/linux/man-pages/man2/fchmod.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchmod(SafeHandle file, uint mode);

    /// <summary>https://man7.org/linux/man-pages/man2/fchown.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchown(SafeHandle file, uint user, uint group);

    /// <summary>https://man7.org/linux/man-pages/man2/linkat.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int linkat(int from, byte* path, SafeHandle directory, byte* name, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/linkat.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int linkat(SafeHandle from, byte* path, SafeHandle directory, byte* name, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/symlinkat.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int symlinkat(byte* target, SafeHandle directory, byte* name);

    /// <summary>https://man7.org/linux/man-pages/man2/flock.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int flock(SafeHandle file, int operation);

    /// <summary>https://man7.org/linux/man-pages/man2/getrandom.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getrandom(byte* buffer, nuint size, uint flags);
}
