namespace GuestAgent.Warnings;

/// <summary>Who chooses what an interpreter or a launcher runs.</summary>
/// <param name="IsFree">The host does: by an argument, or by standard input where there is no script.</param>
/// <param name="Relative">The index of a script that is looked up in the working directory.</param>
internal readonly record struct ScriptChoice(bool IsFree, int? Relative = null)
{
    private static readonly ScriptChoice Free = new(true);
    private static readonly ScriptChoice Fixed = new(false);

    /// <summary>Of an interpreter: options, then a script or code.</summary>
    public static ScriptChoice OfInterpreter(IReadOnlyList<string> patterns)
    {
        bool hasCode = false;
        for (int i = 0; i < patterns.Count; i++)
        {
            string word = patterns[i];
            if (Patterns.IsFree(word) || word is "-" or "-s")
            {
                return Free;
            }

            if (word == "--" && hasCode)
            {
                return Fixed;
            }

            if (IsOption(word, "cm"))
            {
                // Behind it nothing is an option any more.
                return i + 1 < patterns.Count && !Patterns.IsFree(patterns[i + 1]) ? Fixed : Free;
            }

            if (IsOption(word, "er"))
            {
                hasCode = true;
                i++;
                if (i == patterns.Count || Patterns.IsFree(patterns[i]))
                {
                    return Free;
                }
            }
            else if (!word.StartsWith('-') && !hasCode)
            {
                return word.StartsWith('/') ? Fixed : new ScriptChoice(false, i);
            }
        }

        return new ScriptChoice(!hasCode);
    }

    /// <summary>Of a launcher: options and numbers, then a program.</summary>
    public static ScriptChoice OfLauncher(IReadOnlyList<string> patterns)
    {
        foreach (string word in patterns)
        {
            if (Patterns.IsFree(word))
            {
                return Free;
            }

            if (word.StartsWith('/'))
            {
                return Fixed;
            }
        }

        return Fixed;
    }

    // -c, and -lc.
    private static bool IsOption(string word, string letters) =>
        word is ['-', not '-', ..] && letters.Contains(word[^1], StringComparison.Ordinal);
}
