using System.Globalization;
using GuestAgent.Accounts;
using GuestAgent.Linux.Files;

namespace GuestAgent.Warnings;

/// <summary>Users of the guest, as /etc/passwd has them: a directory service is not asked for a warning.</summary>
internal static class GuestUsers
{
    /// <summary>The user that may do everything.</summary>
    public const uint Root = 0;

    /// <summary>The number of a rule's user; null for the one of a request, and for one that is not known.</summary>
    /// <param name="user">A name or number; null for the agent's user.</param>
    public static uint? IdOf(string? user)
    {
        if (user is null)
        {
            return FileStatus.EffectiveUserId;
        }

        return uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out uint id)
            ? id
            : Find(entry => entry.Name == user)?.UserId;
    }

    /// <summary>True for a name or number of /etc/passwd.</summary>
    public static bool IsKnown(string user) =>
        Find(entry => entry.Name == user || entry.UserId.ToString(CultureInfo.InvariantCulture) == user) is not null;

    /// <summary>The name of a user, or its number where it has none.</summary>
    public static string NameOf(uint id) =>
        Find(entry => entry.UserId == id)?.Name ?? id.ToString(CultureInfo.InvariantCulture);

    private static PasswdEntry? Find(Func<PasswdEntry, bool> condition)
    {
        try
        {
            return new AccountFile("/etc/passwd").ReadLines().Select(PasswdEntry.TryParse)
                .FirstOrDefault(entry => entry is not null && condition(entry));
        }
        catch (AccountException)
        {
            // Unreadable: then nobody has a name.
            return null;
        }
    }
}
