namespace GuestAgent.Accounts;

/// <summary>Whom a command runs as, with every number that the kernel needs.</summary>
/// <param name="Name">Login name; the number in decimal for an id without an entry.</param>
/// <param name="UserId">User id.</param>
/// <param name="GroupId">Primary group id.</param>
/// <param name="SupplementaryGroups">The list for setgroups(2), which includes the primary group.</param>
/// <param name="Home">Home directory.</param>
/// <param name="Shell">Login shell.</param>
internal sealed record Account(
    string Name,
    uint UserId,
    uint GroupId,
    IReadOnlyList<uint> SupplementaryGroups,
    string Home,
    string Shell);
