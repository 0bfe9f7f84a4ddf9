using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Files;

/// <summary>
/// Bytes of a file as they stand in a message: a JSON string that holds UTF-8 text or base64. They go to and from the
/// wire without being a UTF-16 string in between.
/// </summary>
[JsonConverter(typeof(FileContentConverter))]
public sealed class FileContent : IDisposable
{
    // Pieces of an upload reuse their memory; a rare whole file is not worth keeping memory for.
    private const int LargestPooledBytes = 2 * 1024 * 1024;

    private readonly ReadOnlyMemory<byte> _bytes;
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

    /// <summary>Memory for the bytes of a content.</summary>
    /// <param name="length">How many at least.</param>
    public static byte[] Rent(int length) => Take(length);

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

        _decoded ??= Take(Base64.GetMaxDecodedFromUtf8Length(_bytes.Length));
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
        byte[] text = Take((int)longest);
        return new FileContent(text, reader.CopyString(text));
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

    private static byte[] Take(int length) => length <= LargestPooledBytes
        ? ArrayPool<byte>.Shared.Rent(length)
        : GC.AllocateUninitializedArray<byte>(length);

    private static void GiveBack(ref byte[]? memory)
    {
        if (Interlocked.Exchange(ref memory, null) is { Length: <= LargestPooledBytes } pooled)
        {
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }
}
