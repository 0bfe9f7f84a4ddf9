namespace GuestAgent.Tests.Fuzz.Models;

/// <summary>What guest-agent.json(5) says of patterns, in the fewest words: <c>*</c>, <c>?</c>, <c>\</c> before a literal one.</summary>
internal static class PatternModel
{
    /// <summary>Whether arguments fit: one pattern for each, and a last <c>...</c> for any more.</summary>
    public static bool AllMatch(IReadOnlyList<string> patterns, IReadOnlyList<string> arguments)
    {
        bool more = patterns.Count > 0 && patterns[^1] == "...";
        int count = patterns.Count - (more ? 1 : 0);
        return (more ? arguments.Count >= count : arguments.Count == count)
            && patterns.Take(count).Zip(arguments).All(pair => Matches(pair.First, pair.Second));
    }

    /// <summary>Whether a text fits a pattern.</summary>
    public static bool Matches(string pattern, string text)
    {
        // fits[j]: the pattern until here fits the first j characters.
        bool[] fits = new bool[text.Length + 1];
        fits[0] = true;
        for (int i = 0; i < pattern.Length; i++)
        {
            bool[] next = new bool[fits.Length];
            char c = pattern[i];
            bool isLiteral = c == '\\' && i + 1 < pattern.Length;
            c = isLiteral ? pattern[++i] : c;
            for (int j = 0; j < fits.Length; j++)
            {
                next[j] = !isLiteral && c == '*'
                    ? fits[j] || (j > 0 && next[j - 1])
                    : j > 0 && fits[j - 1] && ((!isLiteral && c == '?') || c == text[j - 1]);
            }

            fits = next;
        }

        return fits[^1];
    }
}
