using System.Buffers;
using GuestAgent.Buffers;

namespace GuestAgent.Dialects;

/// <summary>
/// A copy of received bytes, for what is looked at when the transport has its memory back. Whoever holds it says so; the
/// last one to release it gives the memory back.
/// </summary>
internal sealed class ReceivedLine
{
    private readonly byte[] _memory;
    private readonly int _length;
    private int _holders = 1;

    /// <summary>Copies <paramref name="bytes"/>; held once.</summary>
    public ReceivedLine(in ReadOnlySequence<byte> bytes)
    {
        _length = (int)bytes.Length;
        _memory = MessageMemory.Rent(_length);
        bytes.CopyTo(_memory);
    }

    /// <summary>The copy; not after the last <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Memory => _memory.AsMemory(0, _length);

    /// <summary>Holds it once more.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    /// <summary>Holds it once less.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            MessageMemory.Return(_memory);
        }
    }
}
