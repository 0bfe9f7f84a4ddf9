using System.Text;
using System.Text.Json;

namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>Changes of what is JSON that leave it JSON: values, members, their names.</summary>
internal sealed class JsonChanges(Random random, IReadOnlyList<string> words)
{
    private static readonly JsonReaderOptions Lenient =
        new() { MaxDepth = 512, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "1.5", "1e400", "-1e400", "1E-9999", "1e15", "2147483647", "2147483648", "-2147483649",
        "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "0.1e1",
        "123456789012345678901234567890", "\"\"", "\"a\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\n\"",
        "\"\\r\"", "\"\\u2028\"", "\"\\u202e\"", "\"\\u009b\"", "\"\\ufeff\"", "\"/\"", "\"..\"", "\"/..\"", "\"//\"", "\"*\"", "\"...\"",
        "\"QUJD\"", "\"QUJD=\"", "\"QQ==\"", "\"====\"", "\"A\"", "\"-1\"", "\"1e400\"", "\"NaN\"", "[]", "{}", "[[]]", "[null]", "{\"\":null}", "[1,2]",
        "[\"a\",\"b\"]", "{\"a\":1,\"a\":2}",
    ];

    /// <summary>One change.</summary>
    public byte[] Apply(byte[] input, byte[] other)
    {
        (int lineStart, int lineEnd) = Line(input);
        byte[] line = input[lineStart..lineEnd];
        List<Part> parts = Parts(line);
        if (parts.Count == 0)
        {
            return [.. input[..lineStart], .. Bytes(Values[random.Next(Values.Length)]), .. input[lineEnd..]];
        }

        return [.. input[..lineStart], .. Change(line, parts[random.Next(parts.Count)], parts, other), .. input[lineEnd..]];
    }

    private byte[] Change(byte[] line, Part part, List<Part> parts, byte[] other)
    {
        byte[] value = line[part.Start..part.End];
        byte[] whole = line[part.NameStart..part.End];
        Part another = parts[random.Next(parts.Count)];
        return random.Next(10) switch
        {
            0 or 1 or 2 => Put(line, part.Start, part.End, Bytes(Values[random.Next(Values.Length)])),
            3 => Put(line, part.NameStart, part.End, [.. whole, (byte)',', .. whole]),
            4 => Put(line, part.Start, part.End, line[another.Start..another.End]),
            5 => Put(line, part.NameStart, part.End, [.. whole, (byte)',', .. line[another.NameStart..another.End]]),
            6 => Wrapped(line, part, value),
            7 => Remove(line, part),
            8 when part.HasName && words.Count > 0 => Put(
                line, part.NameStart, part.End, [.. Bytes($"\"{words[random.Next(words.Count)]}\":"), .. value]),
            _ => FromOther(line, part, other),
        };
    }

    private byte[] FromOther(byte[] line, Part part, byte[] other)
    {
        (int start, int end) = Line(other);
        byte[] source = other[start..end];
        List<Part> parts = Parts(source);
        return parts.Count == 0
            ? Put(line, part.Start, part.End, Bytes(Values[random.Next(Values.Length)]))
            : parts[random.Next(parts.Count)] is var taken && taken.HasName == part.HasName && random.Next(2) == 0
                ? Put(line, part.NameStart, part.End, source[taken.NameStart..taken.End])
                : Put(line, part.Start, part.End, source[taken.Start..taken.End]);
    }

    private byte[] Wrapped(byte[] line, Part part, byte[] value)
    {
        int depth = random.Next(4) == 0 ? random.Next(1, 80) : 1;
        bool isObject = random.Next(2) == 0;
        string open = string.Concat(Enumerable.Repeat(isObject ? "{\"a\":" : "[", depth));
        return Put(line, part.Start, part.End, [.. Bytes(open), .. value, .. Bytes(new string(isObject ? '}' : ']', depth))]);
    }

    private static byte[] Remove(byte[] line, Part part)
    {
        int start = part.NameStart, end = part.End;
        if (end < line.Length && line[end] == (byte)',')
        {
            end++;
        }
        else if (start > 0 && line[start - 1] == (byte)',')
        {
            start--;
        }

        return Put(line, start, end, []);
    }

    private static byte[] Put(byte[] line, int start, int end, byte[] text) => [.. line[..start], .. text, .. line[end..]];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    // Any of the lines; a whole document that has several is one.
    private (int Start, int End) Line(byte[] input)
    {
        if (input.AsSpan().IndexOf("\n{"u8) < 0)
        {
            return (0, input.Length);
        }

        int at = random.Next(input.Length + 1);
        int start = input.AsSpan(0, at).LastIndexOf((byte)'\n') + 1;
        int end = input.AsSpan(at).IndexOf((byte)'\n');
        return (start, end < 0 ? input.Length : at + end);
    }

    // All values, each with its name where it has one; as far as the text is JSON.
    private static List<Part> Parts(byte[] line)
    {
        List<Part> parts = [];
        int nameStart = -1;
        var reader = new Utf8JsonReader(line, Lenient);
        try
        {
            while (reader.Read() && parts.Count < 512)
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        nameStart = (int)reader.TokenStartIndex;
                        break;
                    case JsonTokenType.EndArray or JsonTokenType.EndObject:
                        break;
                    default:
                        int start = (int)reader.TokenStartIndex;
                        Utf8JsonReader end = reader;
                        end.Skip();
                        parts.Add(new Part(nameStart < 0 ? start : nameStart, start, (int)end.BytesConsumed, nameStart >= 0));
                        nameStart = -1;
                        break;
                }
            }
        }
        catch (JsonException)
        {
            // What was read until then can be changed all the same.
        }

        return parts;
    }

    private readonly record struct Part(int NameStart, int Start, int End, bool HasName);
}
