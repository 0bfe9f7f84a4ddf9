namespace GuestAgent.Cli.Running;

/// <summary>Words that may have been meant.</summary>
internal static class Spelling
{
    private const int MaxWords = 3;

    /// <summary>The words nearest to one that is not known.</summary>
    /// <param name="word">The word.</param>
    /// <param name="known">What is known.</param>
    /// <returns>A question to be added to a sentence; empty when nothing is near.</returns>
    public static string Nearest(string word, IEnumerable<string> known)
    {
        int near = word.Length / 3;
        string[] words = [.. known
            .Select(other => (Word: other, Distance: other.StartsWith(word, StringComparison.Ordinal) ? 1 : Distance(word, other)))
            .Where(other => other.Distance <= near)
            .OrderBy(other => other.Distance).ThenBy(other => other.Word, StringComparer.Ordinal)
            .Select(other => other.Word)
            .Take(MaxWords)];
        return words.Length == 0 ? "" : $"; did you mean {string.Join(" or ", words)}?";
    }

    // Damerau and Levenshtein: letters that are missing, too much, wrong or exchanged. Of the table the last three rows are kept.
    private static int Distance(string one, string other)
    {
        int[] before = [];
        int[] last = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int[] row = new int[other.Length + 1];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int change = one[i - 1] == other[j - 1] ? 0 : 1;
                row[j] = Math.Min(last[j] + 1, Math.Min(row[j - 1] + 1, last[j - 1] + change));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            (before, last) = (last, row);
        }

        return last[^1];
    }
}
