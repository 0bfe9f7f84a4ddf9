using System.CommandLine;
using System.CommandLine.Parsing;

namespace GuestAgent.Cli.Running;

/// <summary>What is wrong with a command line: the parser's word on it, said as ours where that names the argument.</summary>
internal static class ParserFault
{
    /// <summary>One line about it.</summary>
    public static string Of(ParseResult parsed)
    {
        CommandResult verb = parsed.CommandResult;
        if (parsed.UnmatchedTokens is [{ } token, ..])
        {
            return $"{verb.Command.Name} takes no further argument: {token} is not known here";
        }

        foreach (Argument argument in verb.Command.Arguments)
        {
            int given = verb.GetResult(argument)?.Tokens.Count ?? 0;
            if (given < argument.Arity.MinimumNumberOfValues)
            {
                return $"{verb.Command.Name} needs {argument.HelpName ?? argument.Name}";
            }
        }

        // Some messages of the parser are a list on several lines.
        return string.Join(' ', parsed.Errors[^1].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
