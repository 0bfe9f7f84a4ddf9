using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Settings;

namespace GuestAgent.Policy;

/// <summary>The conditions of a rule besides its program.</summary>
/// <param name="request">What is asked for.</param>
/// <param name="accounts">Knows whom names and numbers stand for.</param>
/// <param name="directory">The working directory that is asked for.</param>
internal readonly struct CommandConditions(
    ExecCommandRequest request, AccountPolicy accounts, RequestedDirectory directory)
{
    /// <summary>The first condition of <paramref name="rule"/> that does not hold; null when all hold.</summary>
    /// <exception cref="OperationException">The user or group that is asked for does not exist.</exception>
    public string? Mismatch(CommandRule rule) =>
        rule.Args is { } patterns && !ArgumentsMatch(patterns, request.Args ?? []) ? "args"
        : request.Env is { } env && !env.Keys.All(name => MatchesAny(rule.Env ?? [], name)) ? "env"
        : !accounts.Allow(rule.User, request.User, request.Group) ? "user"
        : directory.IsAskedFor && !directory.IsWithin(rule.WorkingDirectories ?? []) ? "working_directories"
        : null;

    /// <summary>True when a text fits one of some patterns.</summary>
    public static bool MatchesAny(IReadOnlyList<string> patterns, string text) =>
        patterns.Any(pattern => Matches(pattern, text));

    private static bool ArgumentsMatch(IReadOnlyList<string> patterns, IReadOnlyList<string> arguments)
    {
        bool more = patterns.Count > 0 && patterns[^1] == CommandRule.MoreArguments;
        int count = more ? patterns.Count - 1 : patterns.Count;
        if (arguments.Count < count || (!more && arguments.Count > count))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (!Matches(patterns[i], arguments[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Matches(string pattern, string text) =>
        Pattern.Matches(pattern, text);
}
