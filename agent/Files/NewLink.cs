using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Paths;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>
/// Makes a symbolic link for a host. It belongs to nobody from its first moment where anybody could take it: what the agent's user
/// has made is trusted where the configuration names it (<see cref="LinkRule.FollowTrusted"/>), and a host must not decide where that
/// leads. So it is made in a directory that nobody else can enter, given away there, and moved to its place.
/// </summary>
internal static class NewLink
{
    // The kernel's own number for who is nobody, user_namespaces(7).
    private const uint Nobody = 65534;

    /// <summary>True for what a link can say.</summary>
    public static bool CanSay(ReadOnlySpan<byte> target) =>
        target.Length is > 0 and <= AbsolutePath.MaxBytes && !target.Contains((byte)0);

    /// <summary>Makes it; leaves nothing behind when that fails.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">Its name.</param>
    /// <param name="target">What it says.</param>
    /// <param name="replace">Whether what has the name already goes, if it is no directory; otherwise that is EEXIST.</param>
    /// <param name="temporaryNames">Names for until it has its own.</param>
    /// <exception cref="LinuxException">It cannot be made, or the agent may not give it away.</exception>
    public static void Make(
        SafeFileHandle directory, FileName name, ReadOnlySpan<byte> target, bool replace, TemporaryNames temporaryNames)
    {
        // Where nobody is the agent's own user, it would be trusted all the same.
        Check("symlink", FileStatus.EffectiveUserId == Nobody ? Errno.EPERM : 0);
        using PrivatePlace place = PrivatePlace.Make(directory, temporaryNames);
        MakeIn(place.Directory, target, directory, name, replace);
    }

    private static void MakeIn(
        SafeFileHandle own, ReadOnlySpan<byte> target, SafeFileHandle directory, FileName name, bool replace)
    {
        Check("symlink", own.TryMakeLink(PrivatePlace.Inside, target));
        try
        {
            Check("open", own.TryOpen(PrivatePlace.Inside, LibC.O_PATH, 0, out SafeFileHandle link));
            using (link)
            {
                link.ChangeOwnerOf(Nobody, Nobody);
            }

            Check("rename", own.TryRename(PrivatePlace.Inside, directory, name, replace));
        }
        catch
        {
            _ = own.TryRemove(PrivatePlace.Inside, isDirectory: false);
            throw;
        }
    }

    private static void Check(string action, int errno)
    {
        if (errno != 0)
        {
            throw new LinuxException(action, errno);
        }
    }
}
