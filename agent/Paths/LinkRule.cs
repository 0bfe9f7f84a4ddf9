namespace GuestAgent.Paths;

/// <summary>Which symbolic links a walk follows.</summary>
internal enum LinkRule
{
    /// <summary>All: the decision is about where they lead.</summary>
    FollowAll,

    /// <summary>All but the last component, which is then the link itself.</summary>
    KeepLast,

    /// <summary>
    /// Only those that nobody but root and the agent's own user can exchange, at this moment or later: they, and every
    /// directory on the way to them, are theirs alone. For programs, whose path the kernel follows once more, and for the roots of
    /// the policy: what root has linked elsewhere must not become one because somebody has moved that link.
    /// </summary>
    FollowTrusted,

    /// <summary>The same, and the last component is the link itself.</summary>
    KeepLastTrusted,
}
