using System.Runtime.InteropServices;
using GuestAgent.Cli.Linux;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Cli.Local;

/// <summary>Files and directories of this host that are read.</summary>
internal static class LocalSource
{
    /// <summary>What the user named; a symbolic link is followed.</summary>
    /// <exception cref="NoInputException">There is nothing.</exception>
    public static FileStatus Look(string path) => FileStatus.Of(path, follow: true) is { Kind: not FileKind.None } there
        ? there
        : throw new NoInputException($"cannot read {path}: there is no such file");

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isNamed">
    /// True when the user named it: then a link is followed, and a pipe will do. Else it is a regular file or nothing.
    /// </param>
    /// <param name="status">What was opened.</param>
    /// <exception cref="NoInputException">It cannot be opened, or is another kind of file.</exception>
    public static FileStream Open(string path, bool isNamed, out FileStatus status)
    {
        int flags = LibC.O_RDONLY | LibC.O_CLOEXEC | (isNamed ? 0 : LibC.O_NOFOLLOW | LibC.O_NONBLOCK);
        return Checked(NativeMethods.OpenAt(LibC.AT_FDCWD, path, flags, 0), path, isNamed, out status);
    }

    /// <summary>The content of what was opened, if it has any.</summary>
    /// <exception cref="NoInputException">It was not opened, or is another kind of file.</exception>
    public static FileStream Checked(SafeFileHandle handle, string path, bool isNamed, out FileStatus status)
    {
        if (handle.IsInvalid)
        {
            throw new NoInputException(
                $"cannot read {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }

        status = FileStatus.Of(handle);
        if (isNamed ? status.Kind != FileKind.Directory : status.Kind == FileKind.Regular)
        {
            return new FileStream(handle, FileAccess.Read, bufferSize: 0, isAsync: false);
        }

        handle.Dispose();
        throw new NoInputException($"cannot read {path}: this is no file that can be copied");
    }
}
