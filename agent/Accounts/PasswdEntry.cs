using System.Globalization;

namespace GuestAgent.Accounts;

/// <summary>One line of /etc/passwd, see passwd(5).</summary>
/// <param name="Name">Login name.</param>
/// <param name="UserId">User id.</param>
/// <param name="GroupId">Primary group id.</param>
/// <param name="Home">Home directory.</param>
/// <param name="Shell">Login shell.</param>
internal sealed record PasswdEntry(string Name, uint UserId, uint GroupId, string Home, string Shell)
{
    private const string DefaultHome = "/";
    private const string DefaultShell = "/bin/sh";

    /// <summary>Null for a line that is not an entry.</summary>
    public static PasswdEntry? TryParse(string line) =>
        line.Split(':') is [var name, _, var uid, var gid, _, var home, var shell, ..]
        && uint.TryParse(uid, NumberStyles.None, CultureInfo.InvariantCulture, out uint userId)
        && uint.TryParse(gid, NumberStyles.None, CultureInfo.InvariantCulture, out uint groupId)
            ? new PasswdEntry(
                name, userId, groupId, home.Length > 0 ? home : DefaultHome, shell.Length > 0 ? shell : DefaultShell)
            : null;

    /// <summary>What a number without an entry is.</summary>
    public static PasswdEntry Nameless(uint userId, uint groupId) =>
        userId == 0
            ? new PasswdEntry("root", userId, groupId, "/root", DefaultShell)
            : new PasswdEntry(
                userId.ToString(CultureInfo.InvariantCulture), userId, groupId, DefaultHome, DefaultShell);
}
