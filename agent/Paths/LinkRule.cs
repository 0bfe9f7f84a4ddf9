namespace GuestAgent.Paths;

/// <summary>Which symbolic links a walk follows.</summary>
internal enum LinkRule
{
    /// <summary>All: the decision is about where they lead.</summary>
    FollowAll,

    /// <summary>All but the last component, which is then the link itself.</summary>
    KeepLast,

    /// <summary>
    /// Only those that root or the agent's own user has made. For the roots of the policy: one of them may not exist yet in
    /// a directory where every user can make a link of that name.
    /// </summary>
    FollowOwn,
}
