using GuestAgent.Cli.Linux;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Cli.Local;

/// <summary>A file that a killed copy has left: it is ours, has one name, and nobody holds its lock.</summary>
internal static class LeftOver
{
    private const int Exclusive = 2;
    private const int WithoutWaiting = 4;

    /// <summary>Takes one.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">Its name.</param>
    /// <param name="remove">True removes it.</param>
    /// <returns>The file, open and held; null when there is none, it is another's, or it was removed.</returns>
    public static SafeFileHandle? Take(SafeFileHandle directory, string name, bool remove)
    {
        SafeFileHandle file = NativeMethods.OpenAt(
            directory, name, LibC.O_RDWR | LibC.O_NOFOLLOW | LibC.O_NONBLOCK | LibC.O_CLOEXEC, 0);
        bool isTaken = !file.IsInvalid
            && FileStatus.Of(file) is { Kind: FileKind.Regular, Links: 1 } status
            && status.UserId == LibC.geteuid()
            && TryHold(file, directory, name);
        if (isTaken && !remove)
        {
            return file;
        }

        if (isTaken)
        {
            _ = NativeMethods.UnlinkAt(directory, name, 0);
        }

        file.Dispose();
        return null;
    }

    /// <summary>Takes the lock of an open file, for as long as it is open.</summary>
    /// <returns>False when another process holds it, or the name has become another file's.</returns>
    public static bool TryHold(SafeFileHandle file, SafeFileHandle directory, string name) =>
        NativeMethods.Lock(file, Exclusive | WithoutWaiting) == 0
        && FileStatus.Of(directory, name).Identity == FileStatus.Of(file).Identity;
}
