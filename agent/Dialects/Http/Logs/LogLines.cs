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

    /// <summary>The JSON of the lines that are complete with these bytes, in their order.</summary>
    /// <param name="bytes">What comes next.</param>
    public List<byte[]> Add(ReadOnlySpan<byte> bytes)
    {
        List<byte[]> lines = [];
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> rest = bytes[..Math.Min(bytes.Length, MostBytes - _begun.WrittenCount)];
            int end = rest.IndexOf((byte)'\n');
            _begun.Write(end < 0 ? rest : rest[..end]);
            bytes = bytes[(end < 0 ? rest.Length : end + 1)..];
            if (end >= 0 || _begun.WrittenCount == MostBytes)
            {
                lines.Add(Take());
            }
        }

        return lines;
    }

    /// <summary>The JSON of what has come of a line that has no end; null when there is nothing.</summary>
    public byte[]? Finish() => _begun.WrittenCount > 0 ? Take() : null;

    private byte[] Take()
    {
        // What is no UTF-8 is replaced, as everywhere in names and output that are text.
        string line = Encoding.UTF8.GetString(_begun.WrittenSpan).TrimEnd('\r');
        _begun.ResetWrittenCount();
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
