using GuestAgent.Accounts;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Files;

/// <summary>Owner and group that a request asks for; null for what it leaves as it is.</summary>
/// <param name="UserId">Number of the owner.</param>
/// <param name="GroupId">Number of the group.</param>
internal readonly record struct FileOwner(uint? UserId, uint? GroupId)
{
    // Tells chown(2) to leave it as it is.
    private const uint Unchanged = uint.MaxValue;

    /// <summary>Finds their numbers.</summary>
    /// <param name="owner">Name or number; null for none.</param>
    /// <param name="group">Name or number; null for none.</param>
    /// <param name="accounts">Who the guest knows.</param>
    /// <param name="cancellationToken">Gives up on getent.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.NotFound"/>: the guest does not know one of them.</exception>
    public static async ValueTask<FileOwner> FindAsync(
        string? owner, string? group, AccountDatabase accounts, CancellationToken cancellationToken) => new(
        owner is null ? null : await KnownAsync(accounts.FindUserIdAsync(owner, cancellationToken), "owner"),
        group is null ? null : await KnownAsync(accounts.FindGroupIdAsync(group, cancellationToken), "group"));

    /// <summary>True when a file is theirs already.</summary>
    public bool Has(FileStatus file) => (UserId ?? file.UserId, GroupId ?? file.GroupId) == (file.UserId, file.GroupId);

    /// <summary>Gives a file to them.</summary>
    /// <param name="file">The file, opened in any way.</param>
    /// <exception cref="LinuxException">The agent may not.</exception>
    public void GiveTo(SafeFileHandle file)
    {
        if (this != default)
        {
            file.ChangeOwnerOf(UserId ?? Unchanged, GroupId ?? Unchanged);
        }
    }

    private static async ValueTask<uint> KnownAsync(ValueTask<uint> number, string field)
    {
        try
        {
            return await number;
        }
        catch (AccountException e)
        {
            throw new OperationException(ErrorCode.NotFound, e.Message, new ErrorDetail("account", field), e);
        }
    }
}
