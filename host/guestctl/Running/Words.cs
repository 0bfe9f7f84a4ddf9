using System.CommandLine;
using GuestAgent.Cli.Verbs;

namespace GuestAgent.Cli.Running;

/// <summary>
/// Reads the words of the command line before the parser does, which takes an option that it does not know for an operand, and
/// those of a command for ours.
/// </summary>
/// <param name="root">The program's command line, which gets the verbs that it needs.</param>
internal sealed class Words(Command root)
{
    private const string Divider = "--";
    private const string HelpVerb = "help";

    /// <summary>The words as the parser is to have them.</summary>
    /// <param name="words">What the user wrote.</param>
    /// <exception cref="UsageException">A verb or an option is none of ours.</exception>
    public string[] Arrange(string[] words)
    {
        int at = PassOptions(root.Options, words, 0, "guestctl");
        if (at == words.Length)
        {
            VerbTable.AddAll(root);
            return words.Length == 0 || words.All(word => Find(root.Options, word) is not { Name: HelpFlag.Word or VersionFlag.Word })
                ? [.. words, HelpFlag.Word]
                : words;
        }

        if (words[at] == HelpVerb)
        {
            string[] rest = words[(at + 1)..];
            if (rest is [])
            {
                VerbTable.AddAll(root);
                return [.. words[..at], HelpFlag.Word];
            }

            return [.. words[..at], Verb(rest[0]).Name, HelpFlag.Word];
        }

        Verb verb = Verb(words[at]);
        IList<Option> options = [.. verb.Options, .. root.Options];
        at = PassOptions(options, words, at + 1, verb.Name);
        if (verb.TakesCommand)
        {
            return at == words.Length || words[at] == Divider ? words : [.. words[..at], Divider, .. words[at..]];
        }

        while (at < words.Length && words[at] != Divider)
        {
            at = PassOptions(options, words, at + 1, verb.Name);
        }

        return words;
    }

    private Verb Verb(string word) => VerbTable.Add(root, word)
        ?? throw new UsageException(
            $"there is no verb {word}{Spelling.Nearest(word, VerbTable.Names)} (see guestctl --help)");

    private static int PassOptions(IList<Option> options, string[] words, int at, string of)
    {
        while (at < words.Length && words[at].Length > 1 && words[at].StartsWith('-') && words[at] != Divider)
        {
            int length = Length(options, words[at], of);
            if (at + length > words.Length)
            {
                throw new UsageException($"{words[at]} needs a value (see {Help(of)})");
            }

            at += length;
        }

        return at;
    }

    // An option, or an option with its value.
    private static int Length(IList<Option> options, string word, string of)
    {
        string name = word.Split('=', ':')[0];
        if (Find(options, name) is { } whole)
        {
            if (whole.ValueType == typeof(bool) && name.Length < word.Length)
            {
                throw new UsageException($"{name} takes no value (see {Help(of)})");
            }

            return name.Length == word.Length && whole.Arity.MinimumNumberOfValues > 0 ? 2 : 1;
        }

        // -uroot, or several short ones of which the last may have a value: -ab.
        string unknown = name;
        for (int i = 1; !word.StartsWith(Divider, StringComparison.Ordinal) && i < word.Length; i++)
        {
            if (Find(options, $"-{word[i]}") is not { } one)
            {
                unknown = i > 1 ? $"-{word[i]}" : name;
                break;
            }

            if (one.Arity.MinimumNumberOfValues > 0)
            {
                return i == word.Length - 1 ? 2 : 1;
            }

            if (i == word.Length - 1)
            {
                return 1;
            }
        }

        string near = Spelling.Nearest(unknown, options.SelectMany(option => option.Aliases.Prepend(option.Name)).Distinct());
        throw new UsageException($"{of} has no option {unknown}{near} (see {Help(of)})");
    }

    private static string Help(string of) => $"guestctl {(of == "guestctl" ? "" : of + " ")}--help";

    private static Option? Find(IList<Option> options, string name) =>
        options.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));
}
