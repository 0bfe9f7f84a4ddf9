using System.Buffers;
using System.Globalization;
using System.Text;

namespace GuestAgent.Logging;

/// <summary>A record as one line that nothing in it can split, reorder or hide from who looks at it.</summary>
internal static class LogLine
{
    // The journal takes lines of 48 KiB (LineMax, journald.conf(5)); a record of two paths at their longest has 8 KiB.
    private const int MaxLength = 32 * 1024;

    /// <summary>The line, in UTF-8, with its end.</summary>
    /// <param name="priority">0 to 7, syslog(3), as the journal reads it, sd-daemon(3); null for other readers.</param>
    /// <param name="text">The record. What terminals or line splitters act on becomes <c>\x1b</c>, <c>\u2028</c> or
    /// <c>\U000e0001</c>; what is too long is cut off.</param>
    public static byte[] Of(int? priority, string text)
    {
        var line = new StringBuilder(text.Length + 8);
        if (priority is { } number)
        {
            line.Append('<').Append(number).Append('>');
        }

        ReadOnlySpan<char> rest = text.AsSpan(0, Math.Min(text.Length, MaxLength));
        while (!rest.IsEmpty && line.Length < MaxLength)
        {
            int plain = rest.IndexOfAnyExceptInRange(' ', '~');
            if (plain < 0)
            {
                plain = rest.Length;
            }

            line.Append(rest[..plain]);
            rest = rest[plain..];
            if (!rest.IsEmpty)
            {
                rest = rest[AppendFirst(line, rest)..];
            }
        }

        if (!rest.IsEmpty || text.Length > MaxLength)
        {
            line.Append('…');
        }

        return Encoding.UTF8.GetBytes(line.Append('\n').ToString());
    }

    private static int AppendFirst(StringBuilder line, ReadOnlySpan<char> rest)
    {
        if (Rune.DecodeFromUtf16(rest, out Rune rune, out int length) != OperationStatus.Done)
        {
            // Half of a surrogate pair.
            return Escape(line, rest[0], 1);
        }

        if (IsActedOn(rune))
        {
            return Escape(line, rune.Value, length);
        }

        line.Append(rest[..length]);
        return length;
    }

    private static int Escape(StringBuilder line, int value, int length)
    {
        string form = value switch
        {
            < 0x100 => $"\\x{value:x2}",
            < 0x10000 => $"\\u{value:x4}",
            _ => $"\\U{value:x8}",
        };
        line.Append(form);
        return length;
    }

    // Control characters (C0, DEL, C1 with NEL), format characters (bidi controls, zero width, tags), the two separators of lines
    // and paragraphs, what is not assigned yet and may become any of these, and what is a letter or mark by its category
    // and still not shown (Default_Ignorable_Code_Point, https://www.unicode.org/reports/tr44/).
    private static bool IsActedOn(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format => true,
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.OtherNotAssigned => true,
        UnicodeCategory.OtherLetter => rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0,
        UnicodeCategory.NonSpacingMark => rune.Value is 0x034F or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F)
            or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF),
        _ => false,
    };
}
