using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using GuestAgent.Framing;
using GuestAgent.Wire.Workload;

namespace GuestAgent.Dialects.Workload;

/// <summary>Writes messages as frames; used by one caller at a time.</summary>
internal sealed class WorkloadFrames : IDisposable
{
    private static readonly JsonWriterOptions Options = new()
    {
        // The reader is no browser: what JSON allows is written as it is.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private const int PieceBytes = 4096;

    private static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    private static readonly JsonEncodedText LogType = JsonEncodedText.Encode(WorkloadWire.Log);
    private static readonly JsonEncodedText LineName = JsonEncodedText.Encode("line");
    private static readonly JsonEncodedText DataName = JsonEncodedText.Encode("data");
    private static readonly JsonEncodedText StreamName = JsonEncodedText.Encode("stream");
    private static readonly JsonEncodedText OffsetName = JsonEncodedText.Encode("offset");

    private readonly Utf8JsonWriter _writer = new(Stream.Null, Options);

    /// <summary>Writes a line of output.</summary>
    /// <param name="frames">Where to.</param>
    /// <param name="line">The line; what is not UTF-8 in it becomes U+FFFD.</param>
    /// <param name="stream">Which output; null for hosts that do not know of it.</param>
    /// <param name="offset">Position of its first byte.</param>
    public void WriteLog(PooledLine frames, ReadOnlySpan<byte> line, JsonEncodedText? stream, long offset)
    {
        int start = Begin(frames);
        _writer.WriteStartObject();
        _writer.WriteString(Type, LogType);
        if (!Utf8.IsValid(line))
        {
            _writer.WriteString(LineName, Encoding.UTF8.GetString(line));
        }
        else if (line.Length <= PieceBytes)
        {
            _writer.WriteString(LineName, line);
        }
        else
        {
            WriteLong(line);
        }

        WriteOrigin(stream, offset);
        _writer.WriteEndObject();
        End(frames, start);
    }

    /// <summary>Writes a piece of output as it came.</summary>
    /// <param name="frames">Where to.</param>
    /// <param name="data">The bytes.</param>
    /// <param name="stream">Which output; null for hosts that do not know of it.</param>
    /// <param name="offset">Position of the first byte.</param>
    public void WriteBytes(PooledLine frames, ReadOnlySpan<byte> data, JsonEncodedText? stream, long offset)
    {
        int start = Begin(frames);
        _writer.WriteStartObject();
        _writer.WriteString(Type, LogType);
        _writer.WriteBase64String(DataName, data);
        WriteOrigin(stream, offset);
        _writer.WriteEndObject();
        End(frames, start);
    }

    /// <summary>Writes the result.</summary>
    public void WriteResult(PooledLine frames, GuestResponse response)
    {
        int start = Begin(frames);
        JsonSerializer.Serialize(
            _writer, new GuestMessage(WorkloadWire.Result, Response: response), WorkloadJson.Default.GuestMessage);
        End(frames, start);
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private void WriteOrigin(JsonEncodedText? stream, long offset)
    {
        if (stream is { } name)
        {
            _writer.WriteString(StreamName, name);
            _writer.WriteNumber(OffsetName, offset);
        }
    }

    // As LongTextConverter: written whole, the writer would rent six times its length.
    private void WriteLong(ReadOnlySpan<byte> line)
    {
        _writer.WritePropertyName(LineName);
        for (; line.Length > PieceBytes; line = line[PieceBytes..])
        {
            _writer.WriteStringValueSegment(line[..PieceBytes], isFinalSegment: false);
        }

        _writer.WriteStringValueSegment(line, isFinalSegment: true);
    }

    // A result may have megabytes: it is written where it will be sent from, behind room for its length.
    private int Begin(PooledLine frames)
    {
        int start = frames.Length;
        frames.GetSpan(LengthFramer.PrefixBytes);
        frames.Advance(LengthFramer.PrefixBytes);
        _writer.Reset(frames);
        return start;
    }

    private void End(PooledLine frames, int start)
    {
        _writer.Flush();
        BinaryPrimitives.WriteInt32BigEndian(
            frames.Written[start..], frames.Length - start - LengthFramer.PrefixBytes);
    }
}
