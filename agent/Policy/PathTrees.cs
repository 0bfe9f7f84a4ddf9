using GuestAgent.Paths;

namespace GuestAgent.Policy;

/// <summary>The files and directory trees of a list in the configuration.</summary>
/// <param name="configured">The list; what is not an absolute path names nothing.</param>
internal readonly struct PathTrees(IReadOnlyList<string> configured)
{
    /// <summary>True when a place is one of them, or in one.</summary>
    public bool Contain(KernelPath place)
    {
        // A real path below the text of an entry has that text as a real ancestor: then nothing needs to be looked up. One
        // that equals it may be a link itself, which its entry names too.
        foreach (string entry in configured)
        {
            if (AbsolutePath.TryParse(entry, out AbsolutePath tree) is null && place.IsWithin(tree.Bytes.Span))
            {
                return true;
            }
        }

        // An entry that is a link, or below one, stands for where it leads at this moment.
        foreach (string entry in configured)
        {
            if (AbsolutePath.TryParse(entry, out AbsolutePath tree) is null && IsWithinTarget(place, tree))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWithinTarget(KernelPath place, AbsolutePath entry)
    {
        using Place tree = PathWalk.Find(entry, LinkRule.FollowOwn);
        return tree.Path is { } path && tree.Errno is 0 or Linux.Errno.ENOENT && place.IsWithin(path.Bytes);
    }
}
