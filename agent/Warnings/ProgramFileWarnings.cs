using GuestAgent.Linux.Files;


namespace GuestAgent.Warnings;

/// <summary>Programs of rules, and what these programs run, that a user without rights can exchange.</summary>
internal static class ProgramFileWarnings
{
    private const int GroupWrites = 0x10;
    private const int OthersWrite = 0x02;

    /// <summary>Lists them, each rule's first weak place.</summary>
    public static IEnumerable<ConfigurationWarning> Find(WarningInput input)
    {
        HashSet<string> told = new(StringComparer.Ordinal);
        foreach (RuleFile file in input.RuleFiles())
        {
            uint? user = GuestUsers.IdOf(file.User);
            foreach (ChainLink link in PathChain.Of(file.Path))
            {
                if (WhoElse(link.Status, user) is { } writer && told.Add($"{file.NamedBy} {link.Path}"))
                {
                    yield return new ConfigurationWarning(
                        file.NamedBy,
                        $"{writer} can change {link.Path}, and so what this rule runs{(user == GuestUsers.Root ? " as root" : "")}; use a "
                        + "program that only root can change, in directories that only root can change.");
                    break;
                }
            }
        }
    }

    // Whom the rule runs the program as is no more by changing it.
    private static string? WhoElse(FileStatus status, uint? user)
    {
        if (status.Kind == FileKind.SymbolicLink)
        {
            // It is its directory that decides.
            return null;
        }

        if (status.UserId != GuestUsers.Root && status.UserId != FileStatus.EffectiveUserId && status.UserId != user)
        {
            return "user " + GuestUsers.NameOf(status.UserId);
        }

        return (status.Permissions & OthersWrite) != 0 ? "every user"
            : (status.Permissions & GroupWrites) != 0 && status.GroupId != 0 ? $"group {status.GroupId}"
            : null;
    }
}
