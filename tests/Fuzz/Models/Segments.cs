using System.Buffers;

namespace GuestAgent.Tests.Fuzz.Models;

/// <summary>Bytes that came in pieces, each in memory of its own.</summary>
internal sealed class Segments : ReadOnlySequenceSegment<byte>
{
    private Segments(ReadOnlyMemory<byte> memory, long index)
    {
        Memory = memory;
        RunningIndex = index;
    }

    /// <summary>The bytes with a piece behind them.</summary>
    public static ReadOnlySequence<byte> Append(in ReadOnlySequence<byte> bytes, ReadOnlyMemory<byte> piece)
    {
        Segments? first = null, last = null;
        foreach (ReadOnlyMemory<byte> part in bytes)
        {
            if (part.IsEmpty)
            {
                continue;
            }

            var next = new Segments(part, last is null ? 0 : last.RunningIndex + last.Memory.Length);
            first ??= next;
            last?.Next = next;
            last = next;
        }

        var end = new Segments(piece, last is null ? 0 : last.RunningIndex + last.Memory.Length);
        first ??= end;
        last?.Next = end;
        return new ReadOnlySequence<byte>(first, 0, end, piece.Length);
    }
}
