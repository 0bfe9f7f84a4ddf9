using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Paths;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>
/// A directory that a dead agent has made and recorded: that of a program, or a <see cref="PrivatePlace"/>. It is removed
/// where the record says and nowhere else, and only if it is what the agent had made there.
/// </summary>
internal static class LeftOverDirectory
{
    /// <summary>Removes it.</summary>
    /// <param name="path">Its path in the record, which ends in <paramref name="name"/>.</param>
    /// <param name="name">Its name.</param>
    /// <returns>0, ENOENT or ENOTDIR where there is no such directory any more, or why it stays.</returns>
    /// <exception cref="LinuxException">The kernel does not tell what is there.</exception>
    public static unsafe int TryRemove(ReadOnlySpan<byte> path, FileName name)
    {
        ReadOnlySpan<byte> above = path[..Math.Max(1, path.Length - name.Bytes.Length - 1)];
        fixed (byte* pinned = (byte[])[.. above, 0])
        {
            // SAFETY: the path ends with a NUL.
            using SafeFileHandle parent = NativeMethods.open(pinned, LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0);
            if (parent.IsInvalid)
            {
                return System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
            }

            // The record is of a real path: another one now means that somebody leads elsewhere.
            return KernelPath.Of(parent) is { } real && real.Bytes.SequenceEqual(above) ? TryRemove(parent, name) : Errno.ENOENT;
        }
    }

    private static int TryRemove(SafeFileHandle parent, FileName name)
    {
        int errno = parent.TryOpen(name, LibC.O_RDONLY | LibC.O_DIRECTORY, 0, out SafeFileHandle directory);
        using (directory)
        {
            if (errno != 0)
            {
                return errno;
            }

            FileStatus status = FileStatus.Of(directory);
            bool isOfProgram = TemporaryName.IsOfProgram(name.Bytes);
            bool isUsers = isOfProgram && status.UserId != FileStatus.EffectiveUserId;
            if (!isUsers && !PrivatePlace.IsOwn(status))
            {
                return Errno.EPERM;
            }

            if (isOfProgram)
            {
                // Of a directory that was given to a user already no more goes than that user could remove.
                return DirectoryRemoval.TryRemove(parent, name, directory) ? 0 : Errno.EBUSY;
            }

            PrivatePlace.Empty(directory);
            return parent.TryRemove(name, isDirectory: true);
        }
    }
}
