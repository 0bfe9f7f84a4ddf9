namespace GuestAgent.Workloads;

/// <summary>One of deflate's prefix codes, RFC 1951 section 3.2.2, as counts by length and symbols in order.</summary>
internal sealed class HuffmanCode
{
    /// <summary>Longest code word in bits.</summary>
    public const int MaxBits = 15;

    private readonly ushort[] _counts = new ushort[MaxBits + 1];
    private readonly ushort[] _symbols;

    /// <summary>Builds the code.</summary>
    /// <param name="lengths">Bits of each symbol's word, 0 for a symbol that does not occur.</param>
    /// <exception cref="InvalidDataException">No code has these lengths.</exception>
    public HuffmanCode(ReadOnlySpan<byte> lengths)
    {
        _symbols = new ushort[lengths.Length];
        foreach (byte length in lengths)
        {
            _counts[length]++;
        }

        _counts[0] = 0;
        int left = 1;
        Span<ushort> next = stackalloc ushort[MaxBits + 2];
        for (int bits = 1; bits <= MaxBits; bits++)
        {
            left = (left << 1) - _counts[bits];
            if (left < 0)
            {
                throw new InvalidDataException("more code words than there are");
            }

            next[bits + 1] = (ushort)(next[bits] + _counts[bits]);
        }

        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            if (lengths[symbol] != 0)
            {
                _symbols[next[lengths[symbol]]++] = (ushort)symbol;
            }
        }
    }

    /// <summary>Reads the next symbol, bit by bit.</summary>
    /// <exception cref="InvalidDataException">The bits are no code word.</exception>
    public int Read(BitReader bits)
    {
        int code = 0;
        int first = 0;
        int index = 0;
        for (int length = 1; length <= MaxBits; length++)
        {
            code |= bits.Read(1);
            int count = _counts[length];
            if (code - count < first)
            {
                return _symbols[index + (code - first)];
            }

            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }

        throw new InvalidDataException("no code word");
    }
}
