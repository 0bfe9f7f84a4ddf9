using GuestAgent.Linux;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Paths;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>
/// The Landlock domain of a confined program: it changes files in its own directory, in its <c>/tmp</c> and where its rule
/// says so, and writes to the devices that keep nothing. What it reads and executes is left to file permissions.
/// </summary>
internal static class WriteDomain
{
    private static readonly string[] Devices =
        ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx"];

    // Only where they are the program's own.
    private static readonly string[] PrivateTrees = ["/dev/pts", "/dev/shm"];

    /// <summary>Puts the calling thread into it.</summary>
    /// <param name="directory">The program's directory.</param>
    /// <param name="scratch">Its <c>/tmp</c>.</param>
    /// <param name="hasOwnMounts">Whether terminals and shared memory are its own.</param>
    /// <param name="more">Other places.</param>
    /// <returns>False where the kernel has no Landlock, or refuses.</returns>
    public static bool TryEnter(
        SafeFileHandle directory, SafeFileHandle scratch, bool hasOwnMounts, IReadOnlyList<string> more)
    {
        using var domain = Landlock.TryCreate();
        if (domain is null || !domain.TryAllowTree(directory) || !domain.TryAllowTree(scratch))
        {
            return false;
        }

        foreach (string device in Devices)
        {
            Allow(device, 0, domain.TryAllowFile);
        }

        foreach (string tree in hasOwnMounts ? PrivateTrees : [])
        {
            Allow(tree, LibC.O_DIRECTORY, domain.TryAllowTree);
        }

        foreach (string tree in more)
        {
            AllowOwn(tree, domain);
        }

        return domain.TryEnter();
    }

    // A link that a host or a program has made there does not widen what the rule says.
    private static void AllowOwn(string path, Landlock domain)
    {
        if (AbsolutePath.TryParse(path, out AbsolutePath parsed) is null)
        {
            using Place place = PathWalk.Find(parsed, LinkRule.FollowTrusted);
            _ = place.Target is { } target && FileStatus.Of(target).Kind == FileKind.Directory && domain.TryAllowTree(target);
        }
    }

    // What is missing cannot be written either.
    private static void Allow(string path, int flags, Func<SafeFileHandle, bool> allow)
    {
        using SafeFileHandle place = NativeMethods.open(path, LibC.O_PATH | LibC.O_CLOEXEC | flags, 0);
        _ = !place.IsInvalid && allow(place);
    }
}
