using GuestAgent.Cli.Linux;
using GuestAgent.Cli.Local;
using GuestAgent.Cli.Output;
using GuestAgent.Contracts.Files;

namespace GuestAgent.Cli.Copying;

/// <summary>What copies on this host get of files in a guest. The guest may tell anything.</summary>
internal sealed class GuestAttributes(CopyOptions options)
{
    private readonly LocalAccounts? _users = options.KeepOwners ? LocalAccounts.Users() : null;
    private readonly LocalAccounts? _groups = options.KeepOwners ? LocalAccounts.Groups() : null;

    /// <summary>Read, write and execute bits, before the umask.</summary>
    public static UnixFileMode Mode(FileEntry entry) => All(entry) & PermissionBits.Plain;

    /// <summary>Those of a file, over what it has by its beginning.</summary>
    public LocalAttributes OfFile(FileEntry entry) => options.KeepAttributes
        ? OfLink(entry) with { Mode = CopyBits.Of(All(entry), exact: true) }
        : default;

    /// <summary>Those of a directory in which all is.</summary>
    /// <param name="entry">What it is a copy of.</param>
    /// <param name="isNew">False when it was there before, and keeps its own.</param>
    public LocalAttributes OfDirectory(FileEntry entry, bool isNew) => options.KeepAttributes ? OfFile(entry)
        : isNew ? new LocalAttributes(CopyBits.Of(All(entry), exact: false))
        : default;

    /// <summary>Those of a symbolic link.</summary>
    public LocalAttributes OfLink(FileEntry entry) => options.KeepAttributes
        ? new LocalAttributes(
            UserId: _users?.Number(entry.Owner, entry.UserId),
            GroupId: _groups?.Number(entry.Group, entry.GroupId),
            Modified: new FileMoment(entry.ModifiedMs, entry.ModifiedNs))
        : default;

    private static UnixFileMode All(FileEntry entry) =>
        FileWords.Bits(entry.Permissions) is { } bits ? (UnixFileMode)bits : PermissionBits.Usual;
}
