using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>The directory that a granted file is in.</summary>
internal static class TargetDirectory
{
    // rwxr-xr-x
    private const uint Permissions = 0x1ED;

    /// <summary>Opens it with O_PATH, for the caller to dispose; makes what is missing of its path.</summary>
    /// <exception cref="LinuxException">A directory cannot be made.</exception>
    public static SafeFileHandle Open(WriteGrant grant)
    {
        SafeFileHandle directory = Enter(grant.Directory, FileName.Self);
        foreach (FileName name in grant.MissingDirectories)
        {
            using SafeFileHandle above = directory;
            int errno = above.TryMakeDirectory(name, Permissions);
            // Somebody else may have made it meanwhile; a link is not entered.
            directory = errno is 0 or Errno.EEXIST ? Enter(above, name) : throw new LinuxException("mkdir", errno);
        }

        return directory;
    }

    private static SafeFileHandle Enter(SafeFileHandle directory, FileName name)
    {
        int errno = directory.TryOpen(name, LibC.O_PATH | LibC.O_DIRECTORY, 0, out SafeFileHandle entered);
        if (errno == 0)
        {
            return entered;
        }

        entered.Dispose();
        throw new LinuxException("open", errno);
    }
}
