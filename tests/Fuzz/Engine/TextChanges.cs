using System.Text;

namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>Changes of what is text: words, numbers, lines, characters that programs fall over.</summary>
internal sealed class TextChanges(Random random, InputForm form, IReadOnlyList<string> words)
{
    private static readonly string[] Numbers =
    [
        "0", "-0", "-1", "1", "00", "08", "0x10", "+1", "1.5", "1.", ".5", "1e5", "1E-9999", "1e400", "-1e400", "127", "128", "255",
        "256", "32767", "32768", "65535", "65536", "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295",
        "4294967296", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "18446744073709551615", "18446744073709551616", "99999999999999999999999999999999", "NaN", "Infinity", "1_000",
        "0.1", "1e-7", "79228162514264337593543950336", "922337203685.4775", "922337203685.4776", "1e15", "253402300800000",
    ];

    private static readonly string[] Characters =
    [
        "\0", "\r", "\r\n", "\n", "\n\n", "\t", "\v", "\f", "\u001b[2J", "\u0007", "\u007f", "\u0085", "\u009b", "\u00a0", "\u00ad",
        "\u0301", "\u061c", "\u200b", "\u200d", "\u200f", "\u2028", "\u2029", "\u202e", "\u2066", "\ufeff", "\ufffd", "\uffff", "é", "ß",
        "İ", "ﬃ", "漢字", "😀", "👩‍👩‍👧", "\U000E0041", "\U000E0001", "\U0001D173", "\U0010FFFF", "../", "/..", "//", "/./", "..", ".", "~",
        "*", "?", "\\", "\\*", "\"", "'", "`", "$(id)", "%00", "%s%n", "=", ":", ",", ";", "#", "-", "--", " ", "\\040", "\\134", "\\777",
        "\\000", "\\x",
    ];

    // No text in UTF-8: a lone byte of a character, one too long, a surrogate, beyond the last.
    private static readonly byte[][] Wrong =
        [[0x80], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xFE], [0xE2, 0x82]];

    private readonly ByteChanges _bytes = new(random);

    /// <summary>One change.</summary>
    public byte[] Apply(byte[] input, byte[] other) => random.Next(8) switch
    {
        0 => Insert(input, Encoding.UTF8.GetBytes(Characters[random.Next(Characters.Length)])),
        1 => Insert(input, Wrong[random.Next(Wrong.Length)]),
        2 or 3 => ReplaceNumber(input),
        4 => words.Count == 0 ? ReplaceNumber(input) : Insert(input, Word()),
        5 => Lines(input, other),
        6 => ReplaceWord(input, other),
        _ => Deep(input),
    };

    private byte[] Word() => Encoding.UTF8.GetBytes(words[random.Next(words.Count)]);

    private byte[] Insert(byte[] input, byte[] text)
    {
        int at = random.Next(input.Length + 1);
        int over = random.Next(3) == 0 ? Math.Min(text.Length, input.Length - at) : 0;
        return [.. input[..at], .. text, .. input[(at + over)..]];
    }

    private byte[] ReplaceNumber(byte[] input) => ReplaceRun(
        input, static b => b is >= (byte)'0' and <= (byte)'9', Encoding.ASCII.GetBytes(Numbers[random.Next(Numbers.Length)]));

    private byte[] ReplaceWord(byte[] input, byte[] other)
    {
        byte[] word = words.Count > 0 && random.Next(2) == 0 ? Word() : Run(other, IsLetter);
        return ReplaceRun(input, IsLetter, word);
    }

    private static bool IsLetter(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'-';

    private byte[] Run(byte[] input, Func<byte, bool> isPart)
    {
        (int start, int end) = FindRun(input, isPart);
        return input[start..end];
    }

    private byte[] ReplaceRun(byte[] input, Func<byte, bool> isPart, byte[] text)
    {
        (int start, int end) = FindRun(input, isPart);
        return [.. input[..start], .. text, .. input[end..]];
    }

    private (int Start, int End) FindRun(byte[] input, Func<byte, bool> isPart)
    {
        int start = random.Next(input.Length + 1);
        while (start < input.Length && !isPart(input[start]))
        {
            start++;
        }

        while (start > 0 && start < input.Length && isPart(input[start - 1]))
        {
            start--;
        }

        int end = start;
        while (end < input.Length && isPart(input[end]))
        {
            end++;
        }

        return (start, end);
    }

    private byte[] Lines(byte[] input, byte[] other)
    {
        List<byte[]> lines = Split(input);
        List<byte[]> others = Split(other);
        int at = random.Next(lines.Count);
        switch (random.Next(5))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(at, lines[random.Next(lines.Count)]);
                break;
            case 2:
                lines.Insert(at, others[random.Next(others.Count)]);
                break;
            case 3:
                (lines[at], lines[^1]) = (lines[^1], lines[at]);
                break;
            default:
                lines.InsertRange(at, Enumerable.Repeat(lines[at], random.Next(1, 40)));
                break;
        }

        return [.. lines.SelectMany((line, i) => i == 0 ? line : (byte[])[(byte)'\n', .. line])];
    }

    private static List<byte[]> Split(byte[] input)
    {
        List<byte[]> lines = [];
        foreach (Range range in input.AsSpan().Split((byte)'\n'))
        {
            lines.Add(input[range]);
        }

        return lines;
    }

    // What nests or repeats does so many times.
    private byte[] Deep(byte[] input)
    {
        string piece = form == InputForm.Json
            ? random.Next(5) switch { 0 => "[", 1 => "{\"a\":", 2 => "]", 3 => "[{\"\":", _ => "\\u0000" }
            : random.Next(4) switch { 0 => " ", 1 => "/a", 2 => "x", _ => "../" };
        int times = random.Next(3) == 0 ? random.Next(1000) : random.Next(1, 70);
        int at = random.Next(input.Length + 1);
        byte[] tail = form == InputForm.Json && random.Next(2) == 0
            ? Encoding.ASCII.GetBytes("1" + string.Concat(Enumerable.Repeat(piece.Contains('{', StringComparison.Ordinal) ? "}" : "]", times)))
            : [];
        byte[] pieces = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(piece, times)));
        return [.. input[..at], .. pieces, .. tail, .. input[(at + _bytes.Length(input.Length - at) / 2)..]];
    }
}
