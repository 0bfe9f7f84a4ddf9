using System.Buffers;
using System.Text;
using GuestAgent.Memory;

namespace GuestAgent.Dialects.Workload;

/// <summary>
/// Cuts one output into lines. A line of any length gets through: one that is longer than what is kept of it is handed on
/// in pieces of that length, or up to three bytes less where a character of UTF-8 would be cut in two. Where there is no
/// memory for more of it, the pieces are shorter.
/// </summary>
/// <param name="maxBytes">Longest piece.</param>
/// <param name="memory">Counts what is kept.</param>
internal sealed class LogLines(int maxBytes, ICallMemory memory)
{
    private const int MaxCharacterBytes = 4;

    // Kept whatever others hold.
    private const int UncountedBytes = 4 * 1024;

    // The buffer doubles, and while it does so there are two.
    private const int BytesForOne = 3;

    private readonly ArrayBufferWriter<byte> _begun = new();

    private int _room = Math.Min(UncountedBytes, maxBytes);
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
            int length = end < 0 ? data.Length : end;
            int room = RoomFor(_begun.WrittenCount + length) - _begun.WrittenCount;
            if (length > room)
            {
                _begun.Write(data[..room]);
                data = data[room..];
                HandPiece(sink);
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

    // A line that is there as a whole is kept nowhere, and still is no longer than what could be.
    private int RoomFor(int length)
    {
        while (_room < Math.Min(length, maxBytes))
        {
            int more = Math.Min(_room, maxBytes - _room);
            if (!memory.TryTake((long)more * BytesForOne))
            {
                break;
            }

            _room += more;
        }

        return _room;
    }

    private void HandPiece(Sink sink)
    {
        ReadOnlySpan<byte> whole = _begun.WrittenSpan;
        int left = BytesOfCutCharacter(whole);
        Span<byte> rest = stackalloc byte[MaxCharacterBytes];
        whole[^left..].CopyTo(rest);
        Hand(whole[..^left], 0, sink);
        _begun.ResetWrittenCount();
        _begun.Write(rest[..left]);
    }

    // Of what is no UTF-8 nothing is kept back: it is cut anywhere.
    private static int BytesOfCutCharacter(ReadOnlySpan<byte> text)
    {
        for (int length = 1; length < MaxCharacterBytes && length < text.Length; length++)
        {
            switch (Rune.DecodeFromUtf8(text[^length..], out _, out _))
            {
                case OperationStatus.NeedMoreData:
                    return length;
                case OperationStatus.Done:
                    return 0;
                default:
                    break;
            }
        }

        return 0;
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
