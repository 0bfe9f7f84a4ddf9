using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

#pragma warning disable CS8981 // Structures keep the kernel's names.

namespace GuestAgent.Linux.Native;

/// <content>Files, by an open directory and one name in it.</content>
internal static unsafe partial class NativeMethods
{
    public const uint RENAME_NOREPLACE = 1;

    public const long PROC_SUPER_MAGIC = 0x9fa0;

    /// <summary>https://man7.org/linux/man-pages/man2/openat.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle openat(SafeHandle directory, byte* name, int flags, uint mode);

    /// <summary>https://man7.org/linux/man-pages/man2/open.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle open(byte* path, int flags, uint mode);

    /// <summary>https://man7.org/linux/man-pages/man2/statx.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int statx(SafeHandle directory, byte* name, int flags, uint mask, statx* result);

    /// <summary>https://man7.org/linux/man-pages/man2/statx.2.html</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(int directory, string path, int flags, uint mask, statx* result);

    /// <summary>https://man7.org/linux/man-pages/man2/fstatfs.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fstatfs(SafeHandle file, statfs_t* result);

    /// <summary>https://man7.org/linux/man-pages/man2/readlink.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readlinkat(SafeHandle directory, byte* name, byte* buffer, nint size);

    /// <summary>https://man7.org/linux/man-pages/man2/mkdirat.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mkdirat(SafeHandle directory, byte* name, uint mode);

    /// <summary>https://man7.org/linux/man-pages/man2/unlinkat.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unlinkat(SafeHandle directory, byte* name, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/renameat.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int renameat(SafeHandle from, byte* fromName, SafeHandle to, byte* toName);

    /// <summary>https://man7.org/linux/man-pages/man2/fchownat.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchownat(SafeHandle directory, byte* name, uint user, uint group, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/getdents64.2.html (glibc 2.30)</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getdents64(SafeHandle directory, byte* buffer, nuint size);

    /// <summary>https://man7.org/linux/man-pages/man2/renameat2.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int renameat2(SafeHandle from, byte* fromName, SafeHandle to, byte* toName, uint flags);

    /// <summary>As far as it is used, in the layout of 64-bit architectures.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    internal struct statfs_t
    {
        [FieldOffset(0)] public long f_type;
        [FieldOffset(16)] public ulong f_blocks;
        [FieldOffset(24)] public ulong f_bfree;
        [FieldOffset(32)] public ulong f_bavail;
        [FieldOffset(40)] public ulong f_files;
        [FieldOffset(48)] public ulong f_ffree;
        [FieldOffset(72)] public long f_frsize;
    }
}
