using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Files;

/// <summary>
/// System calls on one name in an open directory. None of them follows a symbolic link, so that what they act on is in
/// that directory and nowhere else.
/// </summary>
internal static unsafe class AtCalls
{
    private const int LinkBytes = 4096;

    /// <summary>Opens a name; O_NOFOLLOW and O_CLOEXEC are added to <paramref name="flags"/>.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">Which.</param>
    /// <param name="flags">As open(2) takes them.</param>
    /// <param name="mode">Permissions of a file that is made.</param>
    /// <param name="file">What was opened; invalid when it failed.</param>
    /// <returns>0 or the error number.</returns>
    public static int TryOpen(this SafeHandle directory, FileName name, int flags, uint mode, out SafeFileHandle file)
    {
        fixed (byte* pinned = name)
        {
            // SAFETY: the name ends with a NUL.
            file = NativeMethods.openat(directory, pinned, flags | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, mode);
        }

        return file.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>Makes a directory, with exactly the permissions that are given less the umask.</summary>
    /// <returns>0 or the error number.</returns>
    public static int TryMakeDirectory(this SafeHandle directory, FileName name, uint mode)
    {
        fixed (byte* pinned = name)
        {
            // SAFETY: the name ends with a NUL.
            return Result(NativeMethods.mkdirat(directory, pinned, mode));
        }
    }

    /// <summary>Makes a symbolic link.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">Its name.</param>
    /// <param name="target">What it says, without a NUL.</param>
    /// <returns>0 or the error number.</returns>
    public static int TryMakeLink(this SafeHandle directory, FileName name, ReadOnlySpan<byte> target)
    {
        byte[] terminated = [.. target, 0];
        fixed (byte* pinned = name)
        fixed (byte* pinnedTarget = terminated)
        {
            // SAFETY: both end with a NUL.
            return Result(NativeMethods.symlinkat(pinnedTarget, directory, pinned));
        }
    }

    /// <summary>Gives a file or a symbolic link one more name, which must be free, in the same file system.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="target">Where the further name goes.</param>
    /// <param name="newName">The further name.</param>
    /// <returns>0 or the error number.</returns>
    public static int TryMakeHardLink(this SafeHandle directory, FileName name, SafeHandle target, FileName newName)
    {
        fixed (byte* pinned = name)
        fixed (byte* newPinned = newName)
        {
            // SAFETY: both names end with a NUL.
            return Result(NativeMethods.linkat(directory, pinned, target, newPinned, 0));
        }
    }

    /// <summary>Removes a name: a file's, a link's, or an empty directory's.</summary>
    /// <returns>0 or the error number.</returns>
    public static int TryRemove(this SafeHandle directory, FileName name, bool isDirectory)
    {
        fixed (byte* pinned = name)
        {
            // SAFETY: the name ends with a NUL.
            return Result(NativeMethods.unlinkat(directory, pinned, isDirectory ? LibC.AT_REMOVEDIR : 0));
        }
    }

    /// <summary>Gives a file another name, in the same file system.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="newName">Its new name.</param>
    /// <param name="replace">Whether what has that name already goes; otherwise that is EEXIST.</param>
    /// <returns>0 or the error number.</returns>
    public static int TryRename(this SafeHandle directory, FileName name, SafeHandle target, FileName newName, bool replace)
    {
        fixed (byte* pinned = name)
        fixed (byte* newPinned = newName)
        {
            // SAFETY: both names end with a NUL.
            return Result(replace
                ? NativeMethods.renameat(directory, pinned, target, newPinned)
                : NativeMethods.renameat2(directory, pinned, target, newPinned, NativeMethods.RENAME_NOREPLACE));
        }
    }

    /// <summary>Sets owner and group of an open file, also of one that O_PATH has only located.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static void ChangeOwnerOf(this SafeHandle file, uint user, uint group)
    {
        byte nothing = 0;
        // SAFETY: an empty name with AT_EMPTY_PATH stands for the descriptor.
        if (NativeMethods.fchownat(file, &nothing, user, group, LibC.AT_EMPTY_PATH) != 0)
        {
            throw LinuxException.FromLastError("chown");
        }
    }

    /// <summary>The target of an open symbolic link; null when the kernel does not tell.</summary>
    public static byte[]? ReadLink(this SafeHandle link)
    {
        byte* buffer = stackalloc byte[LinkBytes];
        byte nothing = 0;
        // SAFETY: an empty name stands for the descriptor; the kernel writes at most the size, without a NUL.
        nint count = NativeMethods.readlinkat(link, &nothing, buffer, LinkBytes);
        return count is > 0 and < LinkBytes ? new Span<byte>(buffer, (int)count).ToArray() : null;
    }

    /// <summary>The file system's kind, statfs(2).</summary>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public static long FileSystemKind(this SafeHandle file)
    {
        NativeMethods.statfs_t result = default;
        // SAFETY: the structure has the size of struct statfs.
        return NativeMethods.fstatfs(file, &result) == 0 ? result.f_type : throw LinuxException.FromLastError("fstatfs");
    }

    private static int Result(int result) => result == 0 ? 0 : Marshal.GetLastPInvokeError();
}
