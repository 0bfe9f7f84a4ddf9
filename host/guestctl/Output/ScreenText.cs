using System.Buffers;
using System.Text;
using GuestAgent.Host;

namespace GuestAgent.Cli.Output;

/// <summary>
/// Passes text on to a terminal without what could command it or is not seen: but for the ends of lines and tabs that is
/// escaped, as <c>ls -b</c> does, and so is what is not UTF-8.
/// </summary>
/// <param name="screen">The terminal.</param>
internal sealed class ScreenText(Stream screen) : Stream
{
    private readonly ArrayBufferWriter<byte> _shown = new();
    private byte[] _begun = [];

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
        ReadOnlySpan<byte> rest = _begun.Length == 0 ? bytes : [.. _begun, .. bytes];
        _begun = [];
        while (!rest.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(rest, out Rune rune, out int length);
            bool isOpen = status == OperationStatus.NeedMoreData || (rune.Value == '\r' && rest.Length == 1);
            if (isOpen && !isEnd)
            {
                _begun = rest.ToArray();
                break;
            }

            if (status == OperationStatus.Done && IsHarmless(rune, rest[length..]))
            {
                _shown.Write(rest[..length]);
            }
            else
            {
                _shown.Write(Encoding.ASCII.GetBytes(GuestText.Escape(rest[..length])));
            }

            rest = rest[length..];
        }

        screen.Write(_shown.WrittenSpan);
        _shown.ResetWrittenCount();
    }

    // A carriage return alone would have the line written over.
    private static bool IsHarmless(Rune rune, ReadOnlySpan<byte> next) =>
        rune.Value is '\n' or '\t' || GuestText.CanBeShown(rune) || (rune.Value == '\r' && next.StartsWith("\n"u8));
}
