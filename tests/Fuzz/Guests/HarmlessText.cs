using System.Globalization;
using System.Text;

namespace GuestAgent.Tests.Fuzz.Guests;

/// <summary>What a terminal and a log may be given, character by character of Unicode.</summary>
internal static class HarmlessText
{
    /// <summary>Whether a text stays on its line and commands nothing.</summary>
    public static bool IsLine(string text) => text.EnumerateRunes().All(rune => IsHarmless(rune));

    /// <summary>Whether a text commands nothing; it may have lines and tabs.</summary>
    public static bool IsText(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).EnumerateRunes()
        .All(rune => rune.Value is '\n' or '\t' || IsHarmless(rune));

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
