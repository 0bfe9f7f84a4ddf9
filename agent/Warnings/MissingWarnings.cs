using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Paths;
using GuestAgent.Settings;

namespace GuestAgent.Warnings;

/// <summary>
/// Rules about what this guest does not have: programs, users, directories. They allow nothing, which may be a slip, or the guest
/// is not complete yet; so they are told to whoever checks a configuration, and not at each start.
/// </summary>
internal static class MissingWarnings
{
    /// <summary>Lists them.</summary>
    public static IEnumerable<ConfigurationWarning> Find(WarningInput input) => AllOf(input).OfType<ConfigurationWarning>();

    private static IEnumerable<ConfigurationWarning?> AllOf(WarningInput input)
    {
        foreach ((string path, CommandRule rule) in input.Rules())
        {
            yield return OfProgram(path + ".path", rule.Path, rule.User);
            yield return rule.User == CommandRule.AnyUser ? null : OfUser(path + ".user", rule.User);
            foreach ((int index, string directory) in (rule.WorkingDirectories ?? []).Index())
            {
                yield return OfTree($"{path}.working_directories[{index}]", directory, mustBeDirectory: true);
            }
        }

        foreach ((string path, RuntimeRule rule) in input.Runtimes())
        {
            yield return OfProgram(path + ".command", rule.Command, rule.User);
            yield return OfUser(path + ".user", rule.User);
            yield return OfTree(path + ".directory", rule.Directory, mustBeDirectory: true);
            foreach ((int index, string place) in (rule.WritePaths ?? []).Index())
            {
                yield return OfTree($"{path}.write_paths[{index}]", place);
            }
        }

        foreach ((int index, string tree) in input.Settings.Policy.ReadPaths.Index())
        {
            yield return OfTree($"$.policy.read_paths[{index}]", tree);
        }

        foreach ((int index, string tree) in input.Settings.Policy.WritePaths.Index())
        {
            yield return OfTree($"$.policy.write_paths[{index}]", tree);
        }
    }

    private static ConfigurationWarning? OfProgram(string namedBy, string path, string? user)
    {
        if (AbsolutePath.TryParse(path, out AbsolutePath parsed) is not null)
        {
            return null;
        }

        using var program = ProgramFile.Find(parsed, new Trust(GuestUsers.IdOf(user)));
        string? message = program.Errno switch
        {
            0 when program.IsExecutable => null,
            0 => $"{path} is no program: no regular file that somebody may execute; name one.",
            Errno.EACCES when program.Weakness is { } weak => Untrusted(path, weak),
            var errno => $"there is no program {path} in this guest ({Errno.Describe(errno)}), and nothing to allow; install it, or "
                + "correct the path.",
        };
        return message is null ? null : new ConfigurationWarning(namedBy, message);
    }

    private static ConfigurationWarning? OfUser(string namedBy, string? user) => user is null || GuestUsers.IsKnown(user)
        ? null
        : new ConfigurationWarning(
            namedBy,
            $"there is no user {user} in /etc/passwd of this guest: unless a directory service knows it, nothing runs by this rule; make "
            + "the user, or correct the name.");

    private static ConfigurationWarning? OfTree(string namedBy, string path, bool mustBeDirectory = false)
    {
        if (AbsolutePath.TryParse(path, out AbsolutePath parsed) is not null)
        {
            return null;
        }

        using Place place = PathWalk.Find(parsed, LinkRule.FollowTrusted);
        string? message = place.Errno switch
        {
            0 when mustBeDirectory && FileStatus.Of(place.Target!).Kind != FileKind.Directory => $"{path} is no directory; name one.",
            0 => null,
            Errno.EACCES when place.Weakness is { } weak => Untrusted(path, weak),
            var errno => $"there is no {path} in this guest ({Errno.Describe(errno)}), and nothing to allow until there is; make it, or "
                + "correct the path.",
        };
        return message is null ? null : new ConfigurationWarning(namedBy, message);
    }

    private static string Untrusted(string path, string weak) =>
        $"{path} leads over a link that others than root can exchange, as they can change {weak}: it stands for nothing; name where it "
        + "leads.";
}
