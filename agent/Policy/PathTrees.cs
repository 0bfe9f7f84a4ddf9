using GuestAgent.Paths;

namespace GuestAgent.Policy;

/// <summary>The files and directory trees of a list in the configuration.</summary>
/// <param name="configured">The list; what is not an absolute path names nothing.</param>
internal readonly struct PathTrees(IReadOnlyList<string> configured)
{
    // As often is asked again what was answered while a directory was given to somebody else; then the answer is no.
    private const int MostDecisions = 1_000;

    /// <summary>True when a place is one of them, or in one.</summary>
    public bool Contain(KernelPath place) =>
        // A real path below the text of an entry has that text as a real ancestor: then nothing needs to be looked up. One
        // that equals it may be a link itself, which its entry names too.
        Any(place, static (tree, place) => place.IsWithin(tree.Bytes.Span))
            // An entry that is a link, or below one, stands for where it leads at this moment.
            || LeadTo(place);

    /// <summary>
    /// True when a place is one of them, or on the way to one: by its text, by where that leads or would lead, and by the links on the
    /// way there. What takes such a place decides what is named.
    /// </summary>
    public bool Pass(KernelPath place) => Any(place, static (tree, place) =>
    {
        using Place named = PathWalk.Find(tree, LinkRule.KeepLast);
        using Place behind = PathWalk.Find(tree, LinkRule.FollowTrusted);
        return KernelPath.IsWithin(tree.Bytes.Span, place.Bytes)
            || named.Path?.IsWithin(place.Bytes) == true
            || behind.Path?.IsWithin(place.Bytes) == true
            || behind.Stop?.IsWithin(place.Bytes) == true
            || LeadsOver(behind, place);
    });

    /// <summary>True when the way to one of them, as it is or would be, goes through the directory at this place.</summary>
    public bool PassThrough(KernelPath place) => Any(place, static (tree, place) =>
    {
        using Place named = PathWalk.Find(tree, LinkRule.KeepLast);
        using Place behind = PathWalk.Find(tree, LinkRule.FollowTrusted);
        return IsBelow(tree.Bytes.Span, place)
            || (named.Path is { } link && IsBelow(link.Bytes, place))
            || (behind.Path is { } end && IsBelow(end.Bytes, place))
            || (behind.Stop is { } stop && IsBelow(stop.Bytes, place))
            || LeadsOver(behind, place);
    });

    /// <summary>True when the way to one of them leads over a link that is this place, or below it.</summary>
    public bool LeadOver(KernelPath place) => Any(place, static (tree, place) =>
    {
        using Place behind = PathWalk.Find(tree, LinkRule.FollowTrusted);
        return LeadsOver(behind, place);
    });

    /// <summary>
    /// True when the way to one of them goes up again behind what is missing, and a directory at this place, with those above it,
    /// would be that: then it would lead somewhere else than to what is made.
    /// </summary>
    public bool TurnAt(KernelPath place) => Any(place, static (tree, place) =>
    {
        using Place behind = PathWalk.Find(tree, LinkRule.FollowTrusted);
        return !behind.IsSomewhere && behind.Stop is { } stop && place.IsWithin(stop.Bytes);
    });

    private bool LeadTo(KernelPath place)
    {
        for (var wait = default(SpinWait); wait.Count < MostDecisions; wait.SpinOnce())
        {
            int beginning = AccessChange.Begin();
            if (!Any(place, static (tree, place) => IsWithinTarget(place, tree)))
            {
                return false;
            }

            if (AccessChange.IsSteadySince(beginning))
            {
                return true;
            }
        }

        return false;
    }

    private bool Any(KernelPath place, Func<AbsolutePath, KernelPath, bool> holds)
    {
        foreach (string entry in configured)
        {
            if (AbsolutePath.TryParse(entry, out AbsolutePath tree) is null && holds(tree, place))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsBelow(ReadOnlySpan<byte> path, KernelPath place) =>
        path.Length > place.Bytes.Length && KernelPath.IsWithin(path, place.Bytes);

    private static bool LeadsOver(Place tree, KernelPath place)
    {
        foreach (KernelPath link in tree.Links)
        {
            if (link.IsWithin(place.Bytes))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsWithinTarget(KernelPath place, AbsolutePath entry) =>
        Target(entry) is { } tree && place.IsWithin(tree.Bytes);

    private static KernelPath? Target(AbsolutePath entry)
    {
        using Place tree = PathWalk.Find(entry, LinkRule.FollowTrusted);
        return tree.Errno is 0 or Linux.Native.Errno.ENOENT ? tree.Path : null;
    }
}
