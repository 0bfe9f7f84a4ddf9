using System.Buffers;

namespace GuestAgent.Framing;

/// <summary>
/// Cuts a byte stream into lines that end in <c>\n</c>, bounded: a line over the limit is reported once, at the moment
/// that it exceeds it, and then skipped up to its end. Remembers how far it has looked, so that a long line that arrives
/// in small pieces costs linear time.
/// </summary>
/// <param name="maxLineBytes">Value of <see cref="MaxLineBytes"/>.</param>
public sealed class LineFramer(int maxLineBytes)
{
    private const byte LineFeed = (byte)'\n';
    private const byte CarriageReturn = (byte)'\r';

    private long _scanned;
    private bool _skipping;

    /// <summary>Longest line accepted, in bytes without its line end; at least 1.</summary>
    public int MaxLineBytes { get; set; } = maxLineBytes;

    /// <summary>True when the bytes seen so far end inside a line.</summary>
    public bool InsideLine => _skipping || _scanned > 0;

    /// <summary>Takes the next line, or the news of an oversized one, off the front of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">Bytes not consumed yet; what belongs to the returned line is sliced off.</param>
    /// <param name="line">The line without its end; empty unless the result is <see cref="LineStatus.Line"/>.</param>
    public LineStatus TryRead(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        line = default;
        while (true)
        {
            SequencePosition? end = buffer.Slice(_scanned).PositionOf(LineFeed);
            if (_skipping)
            {
                buffer = end is { } skipEnd ? buffer.Slice(buffer.GetPosition(1, skipEnd)) : buffer.Slice(buffer.End);
                if (end is null)
                {
                    return LineStatus.NeedMore;
                }

                _skipping = false;
                continue;
            }

            if (end is not { } position)
            {
                _scanned = buffer.Length;
                // One byte of grace: it may be the \r of a line that is just as long as allowed.
                return _scanned > MaxLineBytes + 1L ? Skip(ref buffer) : LineStatus.NeedMore;
            }

            _scanned = 0;
            line = WithoutCarriageReturn(buffer.Slice(0, position));
            buffer = buffer.Slice(buffer.GetPosition(1, position));
            if (line.Length <= MaxLineBytes)
            {
                return LineStatus.Line;
            }

            line = default;
            return LineStatus.TooLong;
        }
    }

    /// <summary>Drops the line that is not complete, and what is still to come of it.</summary>
    /// <param name="buffer">Its beginning, which is sliced off.</param>
    public void SkipLine(ref ReadOnlySequence<byte> buffer)
    {
        buffer = buffer.Slice(buffer.End);
        _scanned = 0;
        _skipping = true;
    }

    private LineStatus Skip(ref ReadOnlySequence<byte> buffer)
    {
        SkipLine(ref buffer);
        return LineStatus.TooLong;
    }

    private static ReadOnlySequence<byte> WithoutCarriageReturn(ReadOnlySequence<byte> line)
    {
        if (line.IsEmpty)
        {
            return line;
        }

        ReadOnlySequence<byte> last = line.Slice(line.Length - 1);
        return last.FirstSpan[0] == CarriageReturn ? line.Slice(0, last.Start) : line;
    }
}
