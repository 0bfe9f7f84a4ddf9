namespace GuestAgent.Workloads;

/// <summary>
/// Unpacks a gzip file (RFC 1952, 1951) as it is read. In managed code: the library behind .NET's own would add a fiftieth
/// to the agent's size, for archives of a few megabytes now and then. What is unpacked is compared with the checksum.
/// </summary>
internal sealed class GzipReader : Stream
{
    private const int WindowBytes = 32 * 1024;
    private const int EndOfBlock = 256;
    private const int FirstLength = 257;

    private const byte HasChecksum = 2;
    private const byte HasExtra = 4;
    private const byte HasName = 8;
    private const byte HasComment = 16;

    private static readonly ushort[] LengthBases =
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    private static readonly byte[] LengthBits =
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static readonly ushort[] DistanceBases =
    [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
        8193, 12289, 16385, 24577,
    ];

    private static readonly byte[] DistanceBits =
        [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

    private static readonly byte[] CodeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private readonly BitReader _bits;
    private readonly byte[] _window = new byte[WindowBytes];
    private readonly IEnumerator<byte> _bytes;
    private uint _checksum = uint.MaxValue;
    private uint _count;

    /// <summary>Looks at the header.</summary>
    /// <exception cref="InvalidDataException">It is no gzip file.</exception>
    public GzipReader(ReadOnlyMemory<byte> file)
    {
        _bits = new BitReader(file);
        SkipHeader();
        _bytes = Unpack().GetEnumerator();
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read = 0;
        while (read < buffer.Length && _bytes.MoveNext())
        {
            buffer[read++] = _bytes.Current;
        }

        return read;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // Nothing is written.
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _bytes.Dispose();
        base.Dispose(disposing);
    }

    private void SkipHeader()
    {
        if (Byte() != 0x1F || Byte() != 0x8B || Byte() != 8)
        {
            throw new InvalidDataException("no gzip header");
        }

        int flags = Byte();
        for (int i = 0; i < 6; i++)
        {
            Byte();
        }

        if ((flags & HasExtra) != 0)
        {
            for (int left = Byte() | (Byte() << 8); left > 0; left--)
            {
                Byte();
            }
        }

        foreach (byte text in (byte[])[HasName, HasComment])
        {
            while ((flags & text) != 0 && Byte() != 0)
            {
            }
        }

        if ((flags & HasChecksum) != 0)
        {
            Byte();
            Byte();
        }
    }

    private int Byte() => _bits.ReadByte();

    private IEnumerable<byte> Unpack()
    {
        bool last;
        do
        {
            last = _bits.Read(1) == 1;
            IEnumerable<byte> block = _bits.Read(2) switch
            {
                0 => Stored(),
                1 => Fixed(),
                2 => Dynamic(),
                _ => throw new InvalidDataException("no kind of block"),
            };
            foreach (byte value in block)
            {
                yield return Keep(value);
            }
        }
        while (!last);

        if (~_checksum != Number() || _count != Number())
        {
            throw new InvalidDataException("another checksum");
        }
    }

    private uint Number() => (uint)(Byte() | (Byte() << 8) | (Byte() << 16) | (Byte() << 24));

    private byte Keep(byte value)
    {
        _window[_count % WindowBytes] = value;
        _count++;
        _checksum = Crc32.Add(_checksum, value);
        return value;
    }

    private IEnumerable<byte> Stored()
    {
        int length = Byte() | (Byte() << 8);
        if ((Byte() | (Byte() << 8)) != (length ^ 0xFFFF))
        {
            throw new InvalidDataException("another length");
        }

        for (; length > 0; length--)
        {
            yield return (byte)Byte();
        }
    }

    private IEnumerable<byte> Dynamic()
    {
        int symbols = _bits.Read(5) + FirstLength;
        int distances = _bits.Read(5) + 1;
        int words = _bits.Read(4) + 4;
        byte[] lengths = new byte[CodeLengthOrder.Length];
        for (int i = 0; i < words; i++)
        {
            lengths[CodeLengthOrder[i]] = (byte)_bits.Read(3);
        }

        byte[] all = ReadLengths(new HuffmanCode(lengths), symbols + distances);
        return Packed(new HuffmanCode(all.AsSpan(0, symbols)), new HuffmanCode(all.AsSpan(symbols)));
    }

    private byte[] ReadLengths(HuffmanCode code, int count)
    {
        byte[] lengths = new byte[count];
        for (int at = 0; at < count;)
        {
            int symbol = code.Read(_bits);
            (byte value, int repeat) = symbol switch
            {
                < 16 => ((byte)symbol, 1),
                16 when at > 0 => (lengths[at - 1], 3 + _bits.Read(2)),
                17 => ((byte)0, 3 + _bits.Read(3)),
                18 => ((byte)0, 11 + _bits.Read(7)),
                _ => throw new InvalidDataException("nothing to repeat"),
            };
            if (at + repeat > count)
            {
                throw new InvalidDataException("too many lengths");
            }

            lengths.AsSpan(at, repeat).Fill(value);
            at += repeat;
        }

        return lengths;
    }

    private IEnumerable<byte> Packed(HuffmanCode symbols, HuffmanCode distances)
    {
        while (symbols.Read(_bits) is not EndOfBlock and var symbol)
        {
            if (symbol < EndOfBlock)
            {
                yield return (byte)symbol;
                continue;
            }

            int length = Value(LengthBases, LengthBits, symbol - FirstLength);
            int distance = Value(DistanceBases, DistanceBits, distances.Read(_bits));
            if (distance > _count)
            {
                throw new InvalidDataException("a distance before the beginning");
            }

            for (; length > 0; length--)
            {
                yield return _window[(_count - (uint)distance) % WindowBytes];
            }
        }
    }

    private int Value(ushort[] bases, byte[] bits, int index) => index < bases.Length
        ? bases[index] + _bits.Read(bits[index])
        : throw new InvalidDataException("no such length or distance");

    private IEnumerable<byte> Fixed()
    {
        byte[] lengths = new byte[288];
        lengths.AsSpan(..144).Fill(8);
        lengths.AsSpan(144..256).Fill(9);
        lengths.AsSpan(256..280).Fill(7);
        lengths.AsSpan(280..).Fill(8);
        byte[] distances = new byte[30];
        distances.AsSpan().Fill(5);
        return Packed(new HuffmanCode(lengths), new HuffmanCode(distances));
    }
}
