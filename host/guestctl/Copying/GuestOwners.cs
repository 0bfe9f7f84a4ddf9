using System.Globalization;
using GuestAgent.Cli.Linux;
using GuestAgent.Cli.Local;
using GuestAgent.Errors;
using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>Owners of this host's files as a guest knows them: by name, or by number where it does not know that name.</summary>
/// <param name="isKept">False when copies belong to whom the agent makes them for.</param>
internal sealed class GuestOwners(bool isKept)
{
    private readonly Dictionary<uint, string> _users = [];
    private readonly Dictionary<uint, string> _groups = [];
    private readonly LocalAccounts? _localUsers = isKept ? LocalAccounts.Users() : null;
    private readonly LocalAccounts? _localGroups = isKept ? LocalAccounts.Groups() : null;

    /// <summary>Does something with the owner and the group of a file; both are null when they are not kept.</summary>
    /// <exception cref="GuestException">The guest refused.</exception>
    public async Task<T> GiveAsync<T>(FileStatus file, Func<string?, string?, Task<T>> act)
    {
        if (!isKept)
        {
            return await act(null, null);
        }

        while (true)
        {
            string user = Find(_users, _localUsers!, file.UserId);
            string group = Find(_groups, _localGroups!, file.GroupId);
            try
            {
                return await act(user, group);
            }
            catch (GuestAgentException e) when (e.Code == ErrorCode.NotFound && e.Detail?.Rule == "account")
            {
                bool isUser = e.Detail!.Field == "params.owner";
                string number = Number(isUser ? file.UserId : file.GroupId);
                if ((isUser ? user : group) == number)
                {
                    throw;
                }

                (isUser ? _users : _groups)[isUser ? file.UserId : file.GroupId] = number;
            }
        }
    }

    private static string Find(Dictionary<uint, string> known, LocalAccounts accounts, uint id)
    {
        if (!known.TryGetValue(id, out string? account))
        {
            known[id] = account = accounts.Name(id) ?? Number(id);
        }

        return account;
    }

    private static string Number(uint id) => id.ToString(CultureInfo.InvariantCulture);
}
