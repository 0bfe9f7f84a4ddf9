using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace GuestAgent.Cli.Linux;

/// <summary>What statx(2) tells of a file of this host.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Mode">Its permission bits.</param>
/// <param name="Size">Its size in bytes.</param>
internal readonly record struct FileStatus(FileKind Kind, UnixFileMode Mode, long Size)
{
    private const int TypeBits = 0xf000;
    private const int BlockBytes = 512;
    private const int NoSuchFile = 2;
    private const int NotADirectory = 20;

    /// <summary>Which file it is: its file system and its number there.</summary>
    public (ulong Device, ulong Inode) Identity { get; private init; }

    /// <summary>True when it takes less room than its size.</summary>
    public bool HasHoles { get; private init; }

    /// <summary>How many names it has.</summary>
    public uint Links { get; private init; }

    /// <summary>Number of the owner.</summary>
    public uint UserId { get; private init; }

    /// <summary>Number of the group.</summary>
    public uint GroupId { get; private init; }

    /// <summary>When its content changed.</summary>
    public FileMoment Modified { get; private init; }

    /// <summary>What is at a path.</summary>
    /// <param name="path">The path, as the user named it.</param>
    /// <param name="follow">False for a symbolic link itself.</param>
    public static FileStatus Of(string path, bool follow) => From(
        NativeMethods.Statx(
            LibC.AT_FDCWD, path, follow ? 0 : LibC.AT_SYMLINK_NOFOLLOW, LibC.STATX_BASIC_STATS, out var buffer),
        path,
        buffer);

    /// <summary>What is under a name in a directory; a symbolic link is not followed.</summary>
    public static FileStatus Of(SafeFileHandle directory, string name) => From(
        NativeMethods.Statx(directory, name, LibC.AT_SYMLINK_NOFOLLOW, LibC.STATX_BASIC_STATS, out var buffer), name, buffer);

    /// <summary>What is under a name in a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name, with a NUL behind it.</param>
    /// <param name="follow">False for a symbolic link itself.</param>
    /// <param name="path">The path, for messages.</param>
    public static FileStatus Of(SafeFileHandle directory, byte[] name, bool follow, string path) => From(
        NativeMethods.Statx(
            directory, name, follow ? 0 : LibC.AT_SYMLINK_NOFOLLOW, LibC.STATX_BASIC_STATS, out var buffer),
        path,
        buffer);

    /// <summary>What is open.</summary>
    public static FileStatus Of(SafeFileHandle file) =>
        From(NativeMethods.Statx(file, "", LibC.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, out var buffer), "", buffer);

    /// <summary>What is open under a number.</summary>
    public static FileStatus OfDescriptor(int fd) =>
        From(NativeMethods.Statx(fd, "", LibC.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, out var buffer), "", buffer);

    private static FileStatus From(int result, string path, statx buffer)
    {
        if (result != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            return errno is NoSuchFile or NotADirectory
                ? default
                : throw new NoInputException($"cannot look at {path}: {Marshal.GetPInvokeErrorMessage(errno)}");
        }

        FileKind kind = (buffer.stx_mode & TypeBits) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Directory,
            0xa000 => FileKind.Link,
            _ => FileKind.Special,
        };
        return new FileStatus(kind, (UnixFileMode)(buffer.stx_mode & 0xfff), (long)Math.Min(buffer.stx_size, long.MaxValue))
        {
            Identity = (((ulong)buffer.stx_dev_major << 32) | buffer.stx_dev_minor, buffer.stx_ino),
            HasHoles = buffer.stx_blocks < buffer.stx_size / BlockBytes,
            Links = buffer.stx_nlink,
            UserId = buffer.stx_uid,
            GroupId = buffer.stx_gid,
            Modified = FileMoment.FromSeconds(buffer.stx_mtime.tv_sec, buffer.stx_mtime.tv_nsec),
        };
    }
}
