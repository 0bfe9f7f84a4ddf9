namespace GuestAgent.Cli.Copying;

/// <summary>How to copy.</summary>
/// <param name="Recursive">True for directories with all that is in them.</param>
/// <param name="KeepAttributes">
/// True keeps permission bits, whatever the umask, and the time of the last change. Never setuid or setgid.
/// </param>
/// <param name="KeepOwners">True keeps owner and group, by name where the other side knows it, else by number.</param>
/// <param name="FollowLinks">True copies what symbolic links in a tree lead to, false the links.</param>
/// <param name="Resume">True goes on with what a killed copy has left, and leaves what is not complete for the next.</param>
internal sealed record CopyOptions(
    bool Recursive, bool KeepAttributes = false, bool KeepOwners = false, bool FollowLinks = false, bool Resume = false);
