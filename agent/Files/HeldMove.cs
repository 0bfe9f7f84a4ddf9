using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>
/// Moves the very file that is held open, where rename(2) would take whatever has its name by then: it gets its new name as a
/// hard link, by its descriptor, and then loses the former one. Not for directories, which have one name.
/// </summary>
/// <param name="file">The file, opened in any way.</param>
/// <param name="directory">Where it is.</param>
/// <param name="name">Its name there.</param>
internal readonly struct HeldMove(SafeFileHandle file, SafeFileHandle directory, FileName name)
{
    /// <summary>Moves it. After a crash in between it has both names.</summary>
    /// <param name="target">Where it goes.</param>
    /// <param name="newName">Its new name.</param>
    /// <param name="replace">Whether what has that name already goes, if it is no directory; otherwise that is EEXIST.</param>
    /// <param name="temporaryNames">Names for until it replaces something.</param>
    /// <returns>
    /// 0 or the error number; EPERM, EMLINK or EOPNOTSUPP where the file system has no hard links, or not of this file.
    /// </returns>
    /// <exception cref="LinuxException">The kernel does not tell what is there.</exception>
    public int Run(SafeFileHandle target, FileName newName, bool replace, TemporaryNames temporaryNames)
    {
        int errno = ProcDescriptor.TryLink(file, target, newName);
        bool replaces = errno == Errno.EEXIST && replace;
        errno = replaces ? Replace(target, newName, temporaryNames) : errno;
        if (errno != 0)
        {
            return errno;
        }

        errno = TakeFormerName();
        if (errno != 0 && !replaces)
        {
            _ = target.TryRemove(newName, isDirectory: false);
        }

        return errno;
    }

    // Whoever could exchange the temporary name could as well exchange the new one, which is in the same directory.
    private int Replace(SafeFileHandle target, FileName newName, TemporaryNames temporaryNames)
    {
        TemporaryName temporary = temporaryNames.Take(target);
        int errno = ProcDescriptor.TryLink(file, target, temporary.Name);
        errno = errno != 0 ? errno : target.TryRename(temporary.Name, target, newName, replace: true);
        // Still there where that failed, or did nothing because the file had the new name already: rename(2).
        if (target.TryRemove(temporary.Name, isDirectory: false) is 0 or Errno.ENOENT)
        {
            temporary.Dispose();
        }

        return errno;
    }

    // What has got the name meanwhile stays. So does the last name, as where two that differ in case are one.
    private int TakeFormerName()
    {
        FileStatus status = FileStatus.Of(file);
        if (status.Links < 2 || FileStatus.At(directory, name) is not { } found || !found.IsSameFileAs(status))
        {
            return 0;
        }

        // A directory that has got it just now stays, too; another file goes, as whoever may move what has the name may delete it.
        return directory.TryRemove(name, isDirectory: false) is not (Errno.ENOENT or Errno.EISDIR) and var errno ? errno : 0;
    }
}
