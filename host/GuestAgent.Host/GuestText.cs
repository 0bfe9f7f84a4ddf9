using System.Globalization;

namespace GuestAgent.Host;

/// <summary>Makes text from a guest fit for a log line or a terminal: one line, bounded, without control characters.</summary>
internal static class GuestText
{
    /// <summary>Longest text kept: 1000 characters, more than any message of the agent.</summary>
    public const int MaxLength = 1000;

    private const char Replacement = '\uFFFD';

    /// <summary>The text with everything replaced that could end the line or command a terminal.</summary>
    public static string OneLine(string text)
    {
        string kept = text.Length > MaxLength ? string.Concat(text.AsSpan(0, MaxLength), "…") : text;
        return string.Create(kept.Length, kept, static (characters, source) =>
        {
            for (int i = 0; i < characters.Length; i++)
            {
                characters[i] = IsHarmless(source[i]) ? source[i] : Replacement;
            }
        });
    }

    private static bool IsHarmless(char character) => CharUnicodeInfo.GetUnicodeCategory(character)
        is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
