namespace GuestAgent.Workloads;

/// <summary>Reads bits from the lowest of each byte up, as deflate has them.</summary>
/// <param name="data">The bytes.</param>
internal sealed class BitReader(ReadOnlyMemory<byte> data)
{
    private int _at;
    private uint _held;
    private int _heldBits;

    /// <summary>The next bits as a number.</summary>
    /// <param name="count">How many, up to 16.</param>
    /// <exception cref="InvalidDataException">There are not so many.</exception>
    public int Read(int count)
    {
        while (_heldBits < count)
        {
            _held |= (uint)NextByte() << _heldBits;
            _heldBits += 8;
        }

        int bits = (int)(_held & ((1u << count) - 1));
        _held >>= count;
        _heldBits -= count;
        return bits;
    }

    /// <summary>The next whole byte, behind what is left of the one before.</summary>
    public byte ReadByte()
    {
        // Fewer than eight bits are held between two reads.
        _held = 0;
        _heldBits = 0;
        return NextByte();
    }

    private byte NextByte() => _at < data.Length ? data.Span[_at++] : throw new InvalidDataException("is cut off");
}
