namespace GuestAgent.Cli.Copying;

/// <summary>How to copy.</summary>
/// <param name="Recursive">True for directories with all that is in them.</param>
/// <param name="KeepPermissions">
/// True keeps permission bits whatever the umask, and on this host the time of the last change. Never setuid, setgid or
/// owners: users of a guest are not users of its host.
/// </param>
internal sealed record CopyOptions(bool Recursive, bool KeepPermissions);
