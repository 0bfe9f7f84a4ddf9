using System.Globalization;

namespace GuestAgent.Accounts;

/// <summary>One line of /etc/group, see group(5).</summary>
/// <param name="Name">Its name.</param>
/// <param name="GroupId">Group id.</param>
/// <param name="Members">Users who have it as a supplementary group.</param>
internal sealed record GroupEntry(string Name, uint GroupId, IReadOnlyList<string> Members)
{
    /// <summary>Null for a line that is not an entry.</summary>
    public static GroupEntry? TryParse(string line) =>
        line.Split(':') is [var name, _, var gid, var members, ..]
        && uint.TryParse(gid, NumberStyles.None, CultureInfo.InvariantCulture, out uint groupId)
            ? new GroupEntry(name, groupId, members.Split(',', StringSplitOptions.RemoveEmptyEntries))
            : null;
}
