using System.Buffers;

namespace GuestAgent.Dialects.Workload;

/// <summary>
/// Cuts one output into lines. A line of any length gets through: one that is longer than what is kept of it is handed on
/// in pieces of that length.
/// </summary>
/// <param name="maxBytes">Longest piece.</param>
internal sealed class LogLines(int maxBytes)
{
    private readonly ArrayBufferWriter<byte> _begun = new();

    private long _offset;

    /// <summary>Takes a line.</summary>
    /// <param name="line">Its bytes, without its end.</param>
    /// <param name="offset">Position of the first.</param>
    internal delegate void Sink(ReadOnlySpan<byte> line, long offset);

    /// <summary>Takes the next bytes of the output.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="sink">Takes the lines that are complete now.</param>
    public void Add(ReadOnlySpan<byte> data, Sink sink)
    {
        while (!data.IsEmpty)
        {
            int end = data.IndexOf((byte)'\n');
            int room = maxBytes - _begun.WrittenCount;
            int length = end < 0 ? data.Length : end;
            if (length > room)
            {
                _begun.Write(data[..room]);
                data = data[room..];
                HandBegun(0, sink);
                continue;
            }

            if (end >= 0 && _begun.WrittenCount == 0)
            {
                Hand(data[..end], 1, sink);
            }
            else
            {
                _begun.Write(data[..length]);
                if (end >= 0)
                {
                    HandBegun(1, sink);
                }
            }

            data = data[(end < 0 ? length : end + 1)..];
        }
    }

    /// <summary>The output has ended: hands on a line that has no end.</summary>
    public void Finish(Sink sink)
    {
        if (_begun.WrittenCount > 0)
        {
            HandBegun(0, sink);
        }
    }

    private void HandBegun(int endBytes, Sink sink)
    {
        Hand(_begun.WrittenSpan, endBytes, sink);
        _begun.ResetWrittenCount();
    }

    private void Hand(ReadOnlySpan<byte> line, int endBytes, Sink sink)
    {
        sink(endBytes > 0 && line.EndsWith("\r"u8) ? line[..^1] : line, _offset);
        _offset += line.Length + endBytes;
    }
}
