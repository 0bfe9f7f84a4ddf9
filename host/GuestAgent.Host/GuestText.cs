using System.Globalization;
using System.Text;

namespace GuestAgent.Host;

/// <summary>
/// Makes text from a guest fit for a log line or a terminal: one line, bounded, and nothing in it that is not seen or that
/// makes the rest look otherwise. Messages of the library's exceptions are already; use it for what
/// <see cref="GuestClient.Agent"/> and results contain.
/// </summary>
public static class GuestText
{
    /// <summary>Longest text kept: 1000 characters, more than any message of the agent.</summary>
    public const int MaxLength = 1000;

    private const int MaxBytesOfRune = 4;

    // Default_Ignorable_Code_Point (Unicode Standard, 5.21) where the category does not tell: fillers and selectors that take no
    // room.
    private static readonly (int First, int Last)[] Invisible =
    [
        (0x034f, 0x034f), (0x115f, 0x1160), (0x17b4, 0x17b5), (0x180b, 0x180f), (0x2065, 0x2065), (0x3164, 0x3164),
        (0xfe00, 0xfe0f), (0xffa0, 0xffa0), (0xfff0, 0xfff8), (0xe0000, 0xe0fff),
    ];

    /// <summary>
    /// The text on one line, with escapes as those of <c>ls -b</c> for everything that could end the line, command a
    /// terminal, or not be seen: <c>\n</c>, <c>\033</c>, and <c>\342\200\256</c> for U+202E.
    /// </summary>
    /// <param name="text">Any text; cut after <see cref="MaxLength"/> characters, which an ellipsis shows.</param>
    public static string OneLine(string text) => OneLine(text, MaxLength);

    /// <inheritdoc cref="OneLine(string)"/>
    /// <param name="text">Any text.</param>
    /// <param name="maxLength">Characters kept; a cut shows as an ellipsis.</param>
    public static string OneLine(string text, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        var line = new StringBuilder(Math.Min(text.Length, maxLength));
        foreach (Rune rune in text.EnumerateRunes())
        {
            int before = line.Length;
            if (CanBeShown(rune))
            {
                line.Append(rune);
            }
            else
            {
                Escape(line, rune);
            }

            if (line.Length > maxLength)
            {
                line.Length = before;
                return line.Append('…').ToString();
            }
        }

        return line.ToString();
    }

    /// <summary>
    /// False for what has no picture of its own: control characters, the ends of lines, marks for the direction of writing
    /// and everything else that takes no room.
    /// </summary>
    /// <param name="rune">Any character.</param>
    public static bool CanBeShown(Rune rune) => rune.IsAscii
        ? rune.Value is >= ' ' and < 0x7f
        : Rune.GetUnicodeCategory(rune)
            is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            && !Array.Exists(Invisible, range => rune.Value >= range.First && rune.Value <= range.Last);

    /// <summary>Bytes that cannot be shown, as <c>ls -b</c> writes them: <c>\n</c>, or three octal digits.</summary>
    /// <param name="bytes">Any bytes.</param>
    public static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (byte one in bytes)
        {
            text.Append('\\');
            int letter = "\a\b\t\n\v\f\r".IndexOf((char)one, StringComparison.Ordinal);
            if (letter >= 0)
            {
                text.Append("abtnvfr"[letter]);
            }
            else
            {
                text.Append((char)('0' + (one >> 6))).Append((char)('0' + ((one >> 3) & 7))).Append((char)('0' + (one & 7)));
            }
        }

        return text.ToString();
    }

    private static void Escape(StringBuilder line, Rune rune)
    {
        Span<byte> bytes = stackalloc byte[MaxBytesOfRune];
        line.Append(Escape(bytes[..rune.EncodeToUtf8(bytes)]));
    }
}
