using System.Globalization;
using System.Text;

namespace GuestAgent.Cli.Output;

/// <summary>How much room text takes in the cells of a terminal: wide characters take two, combining ones none.</summary>
internal static class DisplayText
{
    // East Asian wide characters and pictographs (Unicode Standard Annex 11), in ranges without the gaps between them.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115f), (0x2e80, 0x303e), (0x3041, 0xa4cf), (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xfe30, 0xfe6f),
        (0xff00, 0xff60), (0xffe0, 0xffe6), (0x1f300, 0x1f64f), (0x1f680, 0x1f6ff), (0x1f900, 0x1faff), (0x20000, 0x3fffd),
    ];

    /// <summary>Cells that the text takes.</summary>
    public static int Width(string text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += Width(rune);
        }

        return width;
    }

    /// <summary>As much of the text as fits.</summary>
    /// <param name="text">Text without control characters.</param>
    /// <param name="width">Cells that there are.</param>
    public static string Cut(string text, int width)
    {
        int end = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width -= Width(rune);
            if (width < 0)
            {
                return text[..end];
            }

            end += rune.Utf16SequenceLength;
        }

        return text;
    }

    /// <summary>The text with spaces behind it.</summary>
    public static string PadRight(string text, int width) => text + Spaces(text, width);

    /// <summary>The text with spaces before it.</summary>
    public static string PadLeft(string text, int width) => Spaces(text, width) + text;

    private static string Spaces(string text, int width) => new(' ', Math.Max(0, width - Width(text)));

    private static int Width(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => 0,
        _ => Array.Exists(Wide, range => rune.Value >= range.First && rune.Value <= range.Last) ? 2 : 1,
    };
}
