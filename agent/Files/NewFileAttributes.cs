using GuestAgent.Accounts;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>Permissions and owner of a file that is written. What is null is taken from the file that is replaced.</summary>
/// <param name="Permissions">Permission bits, without setuid and setgid.</param>
/// <param name="Owner">Owner and group.</param>
internal sealed record NewFileAttributes(uint? Permissions = null, FileOwner Owner = default)
{
    // rw-r--r--
    private const uint DefaultPermissions = 0x1A4;

    // Tells chown(2) to leave it as it is.
    private const uint Unchanged = uint.MaxValue;

    /// <summary>Finds what a request asks for.</summary>
    /// <param name="permissions">Octal; null for what the replaced file has.</param>
    /// <param name="owner">Name or number; likewise.</param>
    /// <param name="group">Name or number; likewise.</param>
    /// <param name="accounts">Who the guest knows.</param>
    /// <param name="cancellationToken">Gives up on getent.</param>
    /// <exception cref="Errors.OperationException">One of them does not fit.</exception>
    public static async ValueTask<NewFileAttributes> FindAsync(
        string? permissions, string? owner, string? group, AccountDatabase accounts, CancellationToken cancellationToken) =>
        new(FilePermissions.Parse(permissions), await FileOwner.FindAsync(owner, group, accounts, cancellationToken));

    /// <summary>Gives a file that has no name yet what it shall have when it appears.</summary>
    /// <param name="file">The file.</param>
    /// <param name="former">The file that it replaces; null for none.</param>
    /// <exception cref="LinuxException">The agent may not.</exception>
    public void GiveTo(SafeFileHandle file, FormerFile? former)
    {
        FileStatus now = FileStatus.Of(file);
        uint user = Owner.UserId ?? former?.UserId ?? now.UserId;
        uint group = Owner.GroupId ?? former?.GroupId ?? now.GroupId;
        if (user != now.UserId || group != now.GroupId)
        {
            file.ChangeOwner(user, group);
        }

        // The mode last: with an access control list its group bits are the list's mask, which asked permissions set.
        former?.HandOnAttributes(file);
        file.ChangeMode(Permissions ?? former?.Permissions ?? DefaultPermissions);
    }

    /// <summary>Changes what was asked for and nothing else.</summary>
    /// <exception cref="LinuxException">The agent may not.</exception>
    public void ChangeOn(SafeFileHandle file)
    {
        if (Owner != default)
        {
            file.ChangeOwner(Owner.UserId ?? Unchanged, Owner.GroupId ?? Unchanged);
        }

        if (Permissions is { } permissions)
        {
            file.ChangeMode(permissions);
        }
    }
}
