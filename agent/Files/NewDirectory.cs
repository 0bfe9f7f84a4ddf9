using GuestAgent.Linux;
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
    /// <returns>0 or the error number.</returns>
    public static int Make(SafeFileHandle parent, FileName name, uint? permissions, FileOwner owner)
    {
        bool plain = permissions is null && owner == default;
        int errno = parent.TryMakeDirectory(name, plain ? FilePermissions.DefaultOfDirectory : Private);
        if (errno != 0 || plain)
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
