using System.Buffers;
using GuestAgent.Buffers;
using GuestAgent.Memory;

namespace GuestAgent.Dialects;

/// <summary>
/// A copy of received bytes, for what is looked at when the transport has its memory back. Whoever holds it says so; the
/// last one to release it gives the memory back.
/// </summary>
internal sealed class ReceivedLine
{
    private readonly MemoryShare _share;
    private readonly byte[] _memory;
    private readonly int _length;
    private readonly int _counted;
    private int _holders = 1;

    private ReceivedLine(in ReadOnlySequence<byte> bytes, MemoryShare share)
    {
        _share = share;
        _length = (int)bytes.Length;
        _memory = MessageMemory.Rent(_length);
        _counted = MessageMemory.SizeOf(_length);
        bytes.CopyTo(_memory);
    }

    /// <summary>The copy; not after the last <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Memory => _memory.AsMemory(0, _length);

    /// <summary>Copies <paramref name="bytes"/>; held once.</summary>
    /// <returns>Null when there is no memory.</returns>
    public static ReceivedLine? TryCopy(in ReadOnlySequence<byte> bytes, MemoryShare share) =>
        share.TryTake(MessageMemory.SizeOf((int)bytes.Length)) ? new ReceivedLine(bytes, share) : null;

    /// <summary>Holds it once more.</summary>
    public void Hold() => Interlocked.Increment(ref _holders);

    /// <summary>Holds it once less.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            MessageMemory.Return(_memory);
            _share.Return(_counted);
        }
    }
}
