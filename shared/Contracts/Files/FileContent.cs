using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using GuestAgent.Buffers;

namespace GuestAgent.Contracts.Files;

/// <summary>
/// Bytes of a file as they stand in a message: a JSON string that holds UTF-8 text or base64. They go to and from the
/// wire without being a UTF-16 string in between.
/// </summary>
[JsonConverter(typeof(FileContentConverter))]
public sealed class FileContent : IDisposable
{
    private ReadOnlyMemory<byte> _bytes;
    private readonly TextEncoding? _encoding;
    private byte[]? _text;
    private byte[]? _decoded;

    /// <summary>Bytes to be sent.</summary>
    /// <param name="bytes">The bytes; for <see cref="TextEncoding.Utf8"/> they must be UTF-8.</param>
    /// <param name="encoding">How they are written: <c>utf8</c> or <c>base64</c>.</param>
    public FileContent(ReadOnlyMemory<byte> bytes, TextEncoding encoding)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)encoding, (int)TextEncoding.Auto, nameof(encoding));
        _bytes = bytes;
        _encoding = encoding;
    }

    private FileContent(byte[] text, int length)
    {
        _text = text;
        _bytes = text.AsMemory(0, length);
    }

    /// <summary>Bytes to be sent, in memory of <see cref="Rent"/>, which this gives back.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="length">How many bytes at its beginning.</param>
    /// <param name="encoding">How they are written: <c>utf8</c> or <c>base64</c>.</param>
    public FileContent(byte[] memory, int length, TextEncoding encoding)
        : this(memory.AsMemory(0, length), encoding) => _text = memory;

    /// <summary>Makes the bytes the body of a message; this content is the empty string from then on.</summary>
    public Body TakeBody()
    {
        int length = _bytes.Length;
        byte[]? memory = Interlocked.Exchange(ref _text, null);
        if (memory is null)
        {
            memory = Rent(length);
            _bytes.CopyTo(memory);
        }

        _bytes = default;
        return new Body(memory, length);
    }

    /// <summary>Memory for the bytes of a content.</summary>
    /// <param name="length">How many at least.</param>
    public static byte[] Rent(int length) => MessageMemory.Rent(length);

    /// <summary>Text to be sent as UTF-8.</summary>
    /// <param name="text">The text, of whole characters.</param>
    public static FileContent FromText(string text) => new(Encoding.UTF8.GetBytes(text), TextEncoding.Utf8);

    /// <summary>The bytes. Valid until <see cref="Dispose"/>.</summary>
    /// <param name="encoding">How they were written, as the member beside it says; ignored for what was not read.</param>
    /// <exception cref="FormatException">They are not base64.</exception>
    public ReadOnlyMemory<byte> Decode(TextEncoding encoding)
    {
        if (_encoding is not null || encoding != TextEncoding.Base64)
        {
            return _bytes;
        }

        _decoded ??= MessageMemory.Rent(Base64.GetMaxDecodedFromUtf8Length(_bytes.Length));
        OperationStatus status = Base64.DecodeFromUtf8(_bytes.Span, _decoded, out _, out int written);
        return status == OperationStatus.Done ? _decoded.AsMemory(0, written) : throw new FormatException("This is not base64.");
    }

    /// <summary>Gives the memory back, for content that was read. Not doing so costs garbage, nothing else.</summary>
    public void Dispose()
    {
        GiveBack(ref _text);
        GiveBack(ref _decoded);
    }

    internal static FileContent Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException("content is a string");
        }

        long longest = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        byte[] text = MessageMemory.Rent((int)longest);
        return new FileContent(text, reader.CopyString(text));
    }

    // Looks at the bytes once where their text is base64 for certain.
    internal static FileContent ReadBase64(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || reader.HasValueSequence || reader.ValueIsEscaped)
        {
            return Read(ref reader);
        }

        byte[] memory = MessageMemory.Rent(Base64.GetMaxDecodedFromUtf8Length(reader.ValueSpan.Length));
        if (Base64.DecodeFromUtf8(reader.ValueSpan, memory, out _, out int written) == OperationStatus.Done)
        {
            return new FileContent(memory, written, TextEncoding.Base64);
        }

        // Whoever decodes it will learn what is wrong.
        MessageMemory.Return(memory);
        return Read(ref reader);
    }

    internal void Write(Utf8JsonWriter writer)
    {
        if (_encoding == TextEncoding.Base64)
        {
            writer.WriteBase64StringValue(_bytes.Span);
            return;
        }

        // In pieces, since for a string as a whole the writer makes room for the longest escapes.
        const int Piece = 16 * 1024;
        ReadOnlySpan<byte> rest = _bytes.Span;
        while (rest.Length > Piece)
        {
            writer.WriteStringValueSegment(rest[..Piece], isFinalSegment: false);
            rest = rest[Piece..];
        }

        writer.WriteStringValueSegment(rest, isFinalSegment: true);
    }

    private static void GiveBack(ref byte[]? memory)
    {
        if (Interlocked.Exchange(ref memory, null) is { } rented)
        {
            MessageMemory.Return(rented);
        }
    }
}
