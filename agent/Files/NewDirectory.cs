using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Paths;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>Makes a directory with the permissions and the owner that were asked for.</summary>
internal static class NewDirectory
{
    // rwx------, until it has its owner.
    private const uint Private = 0x1C0;

    // A directory inherits it, and what is made in it then belongs to its group.
    private const uint SetGroupId = 0x400;

    /// <summary>Makes it; leaves nothing behind when that fails.</summary>
    /// <param name="parent">Where.</param>
    /// <param name="name">Its name.</param>
    /// <param name="permissions">Its permissions; null for what the umask leaves of 0755.</param>
    /// <param name="owner">Whose it is; the agent's by default.</param>
    /// <param name="temporaryNames">Names for until it has its own.</param>
    /// <returns>0 or the error number.</returns>
    /// <exception cref="LinuxException">Nothing can be made there.</exception>
    public static int Make(
        SafeFileHandle parent, FileName name, uint? permissions, FileOwner owner, TemporaryNames temporaryNames)
    {
        if (permissions is null && owner == default)
        {
            return parent.TryMakeDirectory(name, FilePermissions.DefaultOfDirectory);
        }

        if (IsOurs(FileStatus.Of(parent)))
        {
            return MakeAndGive(parent, name, permissions, owner);
        }

        // Who can exchange it before it is given away could have another directory given away.
        using PrivatePlace place = PrivatePlace.Make(parent, temporaryNames);
        int errno = MakeAndGive(place.Directory, PrivatePlace.Inside, permissions, owner);
        if (errno != 0)
        {
            return errno;
        }

        errno = place.Directory.TryRename(PrivatePlace.Inside, parent, name, replace: false);
        // Not every file system can do that; then a directory without anything in it may go that appears just then.
        errno = errno == Errno.EINVAL ? place.Directory.TryRename(PrivatePlace.Inside, parent, name, replace: true) : errno;
        if (errno != 0)
        {
            PrivatePlace.Empty(place.Directory);
        }

        return errno is Errno.ENOTDIR or Errno.ENOTEMPTY ? Errno.EEXIST : errno;
    }

    // Where names are exchanged by none but the agent's user and root.
    private static bool IsOurs(in FileStatus parent) =>
        default(Trust).Includes(parent.UserId) && (!parent.IsWritableByOthers || parent.IsSticky);

    private static int MakeAndGive(SafeFileHandle parent, FileName name, uint? permissions, FileOwner owner)
    {
        int errno = parent.TryMakeDirectory(name, Private);
        if (errno != 0)
        {
            return errno;
        }

        errno = parent.TryOpen(name, LibC.O_PATH | LibC.O_DIRECTORY, 0, out SafeFileHandle made);
        using (made)
        {
            errno = errno == 0 ? Give(made, permissions ?? FilePermissions.DefaultOfDirectory, owner) : errno;
        }

        if (errno != 0)
        {
            _ = parent.TryRemove(name, isDirectory: true);
        }

        return errno;
    }

    private static int Give(SafeFileHandle directory, uint permissions, FileOwner owner)
    {
        try
        {
            owner.GiveTo(directory);
            ProcDescriptor.ChangeMode(directory, permissions | (FileStatus.Of(directory).Permissions & SetGroupId));
            return 0;
        }
        catch (LinuxException e)
        {
            return e.Errno;
        }
    }
}
