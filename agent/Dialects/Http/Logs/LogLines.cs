using System.Buffers;
using System.Globalization;
using System.Text;

namespace GuestAgent.Dialects.Http.Logs;

/// <summary>Cuts content that comes in pieces into lines, and writes each as the JSON of a log.</summary>
/// <param name="name">What the lines are of.</param>
/// <param name="clock">Tells when a line was read.</param>
internal sealed class LogLines(string name, TimeProvider clock)
{
    /// <summary>A longer line is told in parts.</summary>
    public const int MostBytes = 16 * 1024;

    private readonly ArrayBufferWriter<byte> _begun = new();
    private bool _isContinued;

    /// <summary>The JSON of the next line, or part of one, that is complete with these bytes; null when none is.</summary>
    /// <param name="bytes">What comes next; what is behind the line is left.</param>
    public byte[]? Next(ref ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> rest = bytes.Span[..Math.Min(bytes.Length, MostBytes - _begun.WrittenCount)];
            int end = rest.IndexOf((byte)'\n');
            _begun.Write(end < 0 ? rest : rest[..end]);
            bytes = bytes[(end < 0 ? rest.Length : end + 1)..];
            if (end < 0 && _begun.WrittenCount == MostBytes)
            {
                return TakePart();
            }

            // Behind the last part of a line, its end alone is no line.
            if (end >= 0 && Finish(isLine: !_isContinued) is { } line)
            {
                return line;
            }
        }

        return null;
    }

    /// <summary>The JSON of what has come of a line that has no end; null when there is nothing.</summary>
    public byte[]? Finish() => Finish(isLine: false);

    private byte[]? Finish(bool isLine)
    {
        _isContinued = false;
        if (!isLine && _begun.WrittenCount == 0)
        {
            return null;
        }

        ReadOnlySpan<byte> line = _begun.WrittenSpan;
        byte[] told = Tell(line is [.., (byte)'\r'] ? line[..^1] : line);
        _begun.ResetWrittenCount();
        return told;
    }

    // Up to the last character that is complete.
    private byte[] TakePart()
    {
        _isContinued = true;
        ReadOnlySpan<byte> all = _begun.WrittenSpan;
        byte[] begun = all[^BegunBytes(all)..].ToArray();
        byte[] told = Tell(all[..^begun.Length]);
        _begun.ResetWrittenCount();
        _begun.Write(begun);
        return told;
    }

    // How many bytes at the end are a character of UTF-8 that is not complete.
    private static int BegunBytes(ReadOnlySpan<byte> text)
    {
        for (int back = 1; back <= 3 && back <= text.Length; back++)
        {
            byte one = text[^back];
            if ((one & 0xC0) != 0x80)
            {
                int length = one >= 0xF0 ? 4 : one >= 0xE0 ? 3 : one >= 0xC0 ? 2 : 1;
                return length > back ? back : 0;
            }
        }

        return 0;
    }

    private byte[] Tell(ReadOnlySpan<byte> text)
    {
        // What is no UTF-8 is replaced, as everywhere in names and output that are text.
        string line = Encoding.UTF8.GetString(text);
        var output = new ArrayBufferWriter<byte>();
        HttpJson.Write(output, json =>
        {
            json.WriteStartObject();
            json.WriteString("stream"u8, name);
            json.WriteString("line"u8, line);
            json.WriteString("timestamp"u8, clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        });
        return output.WrittenSpan.ToArray();
    }
}
