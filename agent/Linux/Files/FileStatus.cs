using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Time;
using Tmds.Linux;

namespace GuestAgent.Linux.Files;

/// <summary>What the kernel tells of a file. See statx(2).</summary>
internal readonly unsafe record struct FileStatus
{
    private const int KindMask = 0xF000;
    private const int PermissionMask = 0xFFF; // 07777
    private const int WritableByOthers = 0x12; // 0022
    private const int Sticky = 0x200; // 01000
    private const int ExecutableByAny = 0x49; // 0111

    private FileStatus(in statx raw)
    {
        Kind = (FileKind)(raw.stx_mode & KindMask);
        Permissions = (ushort)(raw.stx_mode & PermissionMask);
        UserId = raw.stx_uid;
        GroupId = raw.stx_gid;
        Links = raw.stx_nlink;
        Inode = raw.stx_ino;
        Device = ((ulong)raw.stx_dev_major << 32) | raw.stx_dev_minor;
        SizeBytes = (long)raw.stx_size;
        Modified = new FileTime(raw.stx_mtime.tv_sec, raw.stx_mtime.tv_nsec);
        Accessed = new FileTime(raw.stx_atime.tv_sec, raw.stx_atime.tv_nsec);
        Changed = new FileTime(raw.stx_ctime.tv_sec, raw.stx_ctime.tv_nsec);
    }

    /// <summary>Tells the file from others, whatever their names: device and inode as <c>file_stat</c> has them.</summary>
    public string Identity => $"{Device >> 32}:{(uint)Device}/{Inode}";

    /// <summary>The user that the agent acts as.</summary>
    public static uint EffectiveUserId => LibC.geteuid();

    /// <summary>What it is.</summary>
    public FileKind Kind { get; }

    /// <summary>The lower twelve bits of its mode: permissions, sticky, setgid, setuid.</summary>
    public ushort Permissions { get; }

    /// <summary>User id of the owner.</summary>
    public uint UserId { get; }

    /// <summary>Group id.</summary>
    public uint GroupId { get; }

    /// <summary>How many names it has.</summary>
    public uint Links { get; }

    /// <summary>Its number in its file system.</summary>
    public ulong Inode { get; }

    /// <summary>The file system that it is in: major number in the upper half, minor in the lower.</summary>
    public ulong Device { get; }

    /// <summary>Size in bytes.</summary>
    public long SizeBytes { get; }

    /// <summary>When its content changed.</summary>
    public FileTime Modified { get; }

    /// <summary>When it was read.</summary>
    public FileTime Accessed { get; }

    /// <summary>When its content or its attributes changed.</summary>
    public FileTime Changed { get; }

    /// <summary>True for a regular file.</summary>
    public bool IsRegularFile => Kind == FileKind.Regular;

    /// <summary>True for a Unix socket.</summary>
    public bool IsSocket => Kind == FileKind.Socket;

    /// <summary>True when the group or everybody may write.</summary>
    public bool IsWritableByOthers => (Permissions & WritableByOthers) != 0;

    /// <summary>True for a directory in which only its owner, and that of a file, may take away the file's name.</summary>
    public bool IsSticky => (Permissions & Sticky) != 0;

    /// <summary>True for a regular file that somebody may execute.</summary>
    public bool IsProgram => IsRegularFile && (Permissions & ExecutableByAny) != 0;

    /// <summary>True for one and the same file, while both are held open.</summary>
    public bool IsSameFileAs(in FileStatus other) => Inode == other.Inode && Device == other.Device;

    /// <summary>The status of an open file.</summary>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public static FileStatus Of(SafeHandle file)
    {
        statx result = default;
        byte nothing = 0;
        // SAFETY: an empty name with AT_EMPTY_PATH stands for the descriptor; the structure is large enough.
        return NativeMethods.statx(file, &nothing, LibC.AT_EMPTY_PATH, LibC.STATX_BASIC_STATS, &result) == 0
            ? new FileStatus(result)
            : throw LinuxException.FromLastError("statx");
    }

    /// <summary>The status of what has this name in a directory, a symbolic link included; null when nothing has it.</summary>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public static FileStatus? At(SafeHandle directory, FileName name)
    {
        statx result = default;
        fixed (byte* pinned = name)
        {
            // SAFETY: the name ends with a NUL; the structure is large enough.
            return NativeMethods.statx(
                directory, pinned, LibC.AT_SYMLINK_NOFOLLOW, LibC.STATX_BASIC_STATS, &result) == 0
                ? new FileStatus(result)
                : NothingThere("statx");
        }
    }

    /// <summary>The status of what is at a path, a symbolic link included; null when nothing is there.</summary>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public static FileStatus? At(string path)
    {
        statx result = default;
        // SAFETY: the structure is large enough.
        return NativeMethods.statx(LibC.AT_FDCWD, path, LibC.AT_SYMLINK_NOFOLLOW, LibC.STATX_BASIC_STATS, &result) == 0
            ? new FileStatus(result)
            : NothingThere(path);
    }

    private static FileStatus? NothingThere(string action) =>
        Marshal.GetLastPInvokeError() == Errno.ENOENT ? null : throw LinuxException.FromLastError(action);
}
