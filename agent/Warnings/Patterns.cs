using GuestAgent.Settings;

namespace GuestAgent.Warnings;

/// <summary>What patterns of a rule leave to the host.</summary>
internal static class Patterns
{
    private static readonly string[] AnyArguments = [CommandRule.MoreArguments];

    /// <summary>A rule's patterns; those of one without stand for any arguments.</summary>
    public static IReadOnlyList<string> Of(CommandRule rule) => rule.Args ?? AnyArguments;

    /// <summary>True when a pattern stands for more than one text.</summary>
    public static bool IsFree(string pattern) => pattern == CommandRule.MoreArguments || Wildcard(pattern) >= 0;

    /// <summary>True when the host may choose an argument from its beginning.</summary>
    public static bool LeaveOperand(IReadOnlyList<string> patterns) => patterns.Any(BeginsFree);

    /// <summary>True when the host may choose the first argument.</summary>
    public static bool LeaveFirst(IReadOnlyList<string> patterns) => patterns.Count > 0 && IsFree(patterns[0]);

    /// <summary>True when the host may give options, as no <c>--</c> before what it may choose ends them.</summary>
    public static bool LeaveOption(IReadOnlyList<string> patterns) =>
        LeaveOperand([.. patterns.TakeWhile(pattern => pattern != "--")]);

    /// <summary>
    /// True when a free part follows a directory: it stands for slashes as well, and so for a way out by <c>..</c>.
    /// </summary>
    public static bool LeadOut(string pattern) =>
        Wildcard(pattern) is > 0 and int at
        && pattern[at] == '*'
        && (pattern[0] == '/' || pattern.AsSpan(0, at).Contains("=/", StringComparison.Ordinal));

    private static bool BeginsFree(string pattern) =>
        pattern == CommandRule.MoreArguments || Wildcard(pattern.TrimStart('-')) == 0;

    private static int Wildcard(string pattern)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
            {
                i++;
            }
            else if (pattern[i] is '*' or '?')
            {
                return i;
            }
        }

        return -1;
    }
}
