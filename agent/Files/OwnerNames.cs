using GuestAgent.Accounts;
using GuestAgent.Linux.Files;


namespace GuestAgent.Files;

/// <summary>Names of owners and groups, as the guest's files have them at this moment.</summary>
internal sealed class OwnerNames(AccountDatabase accounts)
{
    private readonly IReadOnlyDictionary<uint, string> _users = accounts.UserNames();
    private readonly IReadOnlyDictionary<uint, string> _groups = accounts.GroupNames();

    /// <summary>Name of the owner; null when it has none.</summary>
    public string? UserOf(in FileStatus file) => _users.GetValueOrDefault(file.UserId);

    /// <summary>Name of the group; null when it has none.</summary>
    public string? GroupOf(in FileStatus file) => _groups.GetValueOrDefault(file.GroupId);
}
