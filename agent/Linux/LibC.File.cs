using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

#pragma warning disable CS8981 // Structures keep the kernel's names.

namespace GuestAgent.Linux;

/// <content>Files, by an open directory and one name in it.</content>
internal static unsafe partial class LibC
{
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NOCTTY = 0x100;

    // include/uapi/asm-generic/fcntl.h against arch/arm64/include/uapi/asm/fcntl.h.
    public static readonly int O_NOFOLLOW =
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_REMOVEDIR = 0x200;
    public const int AT_EMPTY_PATH = 0x1000;

    public const uint RENAME_NOREPLACE = 1;

    public const uint STATX_BASIC_STATS = 0x7ff;

    public const long PROC_SUPER_MAGIC = 0x9fa0;

    /// <summary>https://man7.org/linux/man-pages/man2/openat.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle openat(SafeHandle directory, byte* name, int flags, uint mode);

    /// <summary>https://man7.org/linux/man-pages/man2/open.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle open(byte* path, int flags, uint mode);

    /// <summary>https://man7.org/linux/man-pages/man2/statx.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int statx(SafeHandle directory, byte* name, int flags, uint mask, statx_t* result);

    /// <summary>https://man7.org/linux/man-pages/man2/statx.2.html</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(int directory, string path, int flags, uint mask, statx_t* result);

    /// <summary>https://man7.org/linux/man-pages/man2/fstatfs.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fstatfs(SafeHandle file, statfs_t* result);

    /// <summary>https://man7.org/linux/man-pages/man2/readlink.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readlinkat(SafeHandle directory, byte* name, byte* buffer, nint size);

    /// <summary>https://man7.org/linux/man-pages/man2/readlink.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readlink(byte* path, byte* buffer, nint size);

    /// <summary>https://man7.org/linux/man-pages/man2/mkdirat.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mkdirat(SafeHandle directory, byte* name, uint mode);

    /// <summary>https://man7.org/linux/man-pages/man2/unlinkat.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unlinkat(SafeHandle directory, byte* name, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/renameat.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int renameat(SafeHandle from, byte* fromName, SafeHandle to, byte* toName);

    /// <summary>https://man7.org/linux/man-pages/man2/chmod.2.html (follows links: for /proc/self/fd only)</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int chmod(byte* path, uint mode);

    /// <summary>https://man7.org/linux/man-pages/man2/fchownat.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchownat(SafeHandle directory, byte* name, uint user, uint group, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/getdents64.2.html (glibc 2.30)</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getdents64(SafeHandle directory, byte* buffer, nuint size);

    /// <summary>https://man7.org/linux/man-pages/man2/renameat2.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int renameat2(SafeHandle from, byte* fromName, SafeHandle to, byte* toName, uint flags);

    /// <summary>The same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct statx_t
    {
        [FieldOffset(0)] public uint stx_mask;
        [FieldOffset(16)] public uint stx_nlink;
        [FieldOffset(20)] public uint stx_uid;
        [FieldOffset(24)] public uint stx_gid;
        [FieldOffset(28)] public ushort stx_mode;
        [FieldOffset(32)] public ulong stx_ino;
        [FieldOffset(40)] public ulong stx_size;
        [FieldOffset(64)] public statx_timestamp stx_atime;
        [FieldOffset(96)] public statx_timestamp stx_ctime;
        [FieldOffset(112)] public statx_timestamp stx_mtime;
        [FieldOffset(136)] public uint stx_dev_major;
        [FieldOffset(140)] public uint stx_dev_minor;
    }

    /// <summary>Seconds and nanoseconds since the epoch.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    internal struct statx_timestamp
    {
        [FieldOffset(0)] public long tv_sec;
        [FieldOffset(8)] public uint tv_nsec;
    }

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
