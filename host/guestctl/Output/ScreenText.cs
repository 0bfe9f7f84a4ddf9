using System.Buffers;
using System.Globalization;
using System.Text;

namespace GuestAgent.Cli.Output;

/// <summary>
/// Passes text on to a terminal without what could command it: control characters other than new lines and tabs become
/// U+FFFD, as does what is not UTF-8.
/// </summary>
/// <param name="screen">The terminal.</param>
internal sealed class ScreenText(Stream screen) : Stream
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => Pass(buffer, isEnd: false);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Flush() => screen.Flush();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Pass([], isEnd: true);
        }

        base.Dispose(disposing);
    }

    private void Pass(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        char[] characters = ArrayPool<char>.Shared.Rent(_decoder.GetCharCount(bytes, isEnd));
        int count = _decoder.GetChars(bytes, characters, isEnd);
        Span<char> text = characters.AsSpan(0, count);
        foreach (ref char character in text)
        {
            if (Commands(character))
            {
                character = '\uFFFD';
            }
        }

        byte[] harmless = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(count));
        screen.Write(harmless.AsSpan(0, Encoding.UTF8.GetBytes(text, harmless)));
        ArrayPool<byte>.Shared.Return(harmless);
        ArrayPool<char>.Shared.Return(characters);
    }

    private static bool Commands(char character) => character is not ('\n' or '\t')
        && CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format;
}
