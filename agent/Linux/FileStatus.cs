using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux;

/// <summary>Owner, kind and permissions of a file. See statx(2): its structure is the same on every architecture.</summary>
/// <param name="UserId">User id of the owner.</param>
/// <param name="Mode">Kind and permissions, inode(7).</param>
internal readonly partial record struct FileStatus(uint UserId, ushort Mode)
{
    private const int AtCurrentDirectory = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtEmptyPath = 0x1000;
    private const uint StatxTypeModeUid = 0x1 | 0x2 | 0x8;

    private const int KindMask = 0xF000;
    private const int Regular = 0x8000;
    private const int Socket = 0xC000;
    private const int WritableByOthers = 0x12; // 0022

    /// <summary>The user that the agent acts as.</summary>
    public static uint EffectiveUserId => geteuid();

    /// <summary>True for a regular file.</summary>
    public bool IsRegularFile => (Mode & KindMask) == Regular;

    /// <summary>True for a Unix socket.</summary>
    public bool IsSocket => (Mode & KindMask) == Socket;

    /// <summary>True when the group or everybody may write.</summary>
    public bool IsWritableByOthers => (Mode & WritableByOthers) != 0;

    /// <summary>The status of an open file.</summary>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public static unsafe FileStatus Of(SafeFileHandle file)
    {
        Statx result = default;
        // SAFETY: an empty path with AT_EMPTY_PATH names the descriptor; the structure has the 256 bytes of struct statx.
        return statx(file, "", AtEmptyPath, StatxTypeModeUid, &result) == 0
            ? new FileStatus(result.UserId, result.Mode)
            : throw LinuxException.FromLastError("statx");
    }

    /// <summary>The status of what is at a path, a symbolic link included; null when nothing is there.</summary>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public static unsafe FileStatus? At(string path)
    {
        Statx result = default;
        // SAFETY: the structure has the 256 bytes of struct statx.
        if (statx(AtCurrentDirectory, path, AtSymlinkNoFollow, StatxTypeModeUid, &result) == 0)
        {
            return new FileStatus(result.UserId, result.Mode);
        }

        return Marshal.GetLastPInvokeError() == Errno.ENOENT ? null : throw LinuxException.FromLastError(path);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial uint geteuid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(SafeFileHandle directory, string path, int flags, uint mask, Statx* result);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int directory, string path, int flags, uint mask, Statx* result);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(20)]
        public uint UserId;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
