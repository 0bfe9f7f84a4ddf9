namespace GuestAgent.Workloads;

/// <summary>
/// The 512 bytes in front of an entry: POSIX ustar, the older forms, and GNU's large numbers and sparse files. See tar(5).
/// Text is bytes: an archive does not tell their encoding. Numbers are read as GNU tar reads them.
/// </summary>
internal readonly ref struct TarHeader
{
    /// <summary>Bytes of a header, and what content is padded to.</summary>
    public const int Bytes = 512;

    private const int ChecksumAt = 148;
    private const int ChecksumBytes = 8;
    private const int MagicAt = 257;
    private const int NumberBytes = 12;

    // Of GNU's sparse files: four extents in the header, and 21 in each block that follows it.
    private const int ExtentsAt = 386;
    private const int Extents = 4;
    private const int IsExtendedAt = 482;
    private const int RealSizeAt = 483;
    private const int MoreExtents = 21;
    private const int IsFurtherExtendedAt = 504;

    private readonly ReadOnlySpan<byte> _block;

    /// <summary>Looks at a block.</summary>
    public TarHeader(ReadOnlySpan<byte> block) => _block = block;

    /// <summary>True for the block that ends an archive.</summary>
    public bool IsEnd => !_block.ContainsAnyExcept((byte)0);

    /// <summary>Letter of the entry's type.</summary>
    public char Type => (char)_block[156];

    /// <summary>Bytes of content; null when the field is no number.</summary>
    public long? Size => Number(_block.Slice(124, NumberBytes));

    /// <summary>Permissions; null when the field is no number.</summary>
    public long? Mode => Number(_block.Slice(100, 8));

    /// <summary>True for the form of GNU tar, false for that of POSIX and those before it.</summary>
    public bool IsGnu => _block.Slice(MagicAt, 8).SequenceEqual("ustar  \0"u8);

    /// <summary>The path; the ustar form has a directory in a field of its own.</summary>
    public byte[] Name
    {
        get
        {
            ReadOnlySpan<byte> name = Text(_block[..100]);
            ReadOnlySpan<byte> prefix = _block.Slice(MagicAt, 6).SequenceEqual("ustar\0"u8) ? Text(_block.Slice(345, 155)) : [];
            return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
        }
    }

    /// <summary>Where a link leads.</summary>
    public byte[] LinkName => Text(_block.Slice(157, 100)).ToArray();

    /// <summary>True when the checksum is right: the block is a header. Some old programs summed up signed bytes.</summary>
    public bool IsSound
    {
        get
        {
            long sum = ChecksumBytes * ' ';
            long signed = sum;
            for (int i = 0; i < Bytes; i++)
            {
                if (i is < ChecksumAt or >= ChecksumAt + ChecksumBytes)
                {
                    sum += _block[i];
                    signed += (sbyte)_block[i];
                }
            }

            long? told = Number(_block.Slice(ChecksumAt, ChecksumBytes));
            return told == sum || told == signed;
        }
    }

    /// <summary>How long a sparse file is; null when the field is no number.</summary>
    public long? RealSize => Number(_block.Slice(RealSizeAt, NumberBytes));

    /// <summary>Text up to the first NUL.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    /// <summary>Adds the extents in a header of GNU's.</summary>
    /// <returns>Whether a block with more follows.</returns>
    public bool AddExtentsTo(SparseMap map) => Add(_block[ExtentsAt..], Extents, IsExtendedAt - ExtentsAt, map);

    /// <summary>Adds the extents in a block behind a header of GNU's.</summary>
    /// <returns>Whether another one follows.</returns>
    public static bool AddMoreExtents(ReadOnlySpan<byte> block, SparseMap map) =>
        Add(block, MoreExtents, IsFurtherExtendedAt, map);

    private static bool Add(ReadOnlySpan<byte> from, int most, int isExtendedAt, SparseMap map)
    {
        for (int i = 0; i < most; i++)
        {
            ReadOnlySpan<byte> offset = from.Slice(i * 2 * NumberBytes, NumberBytes);
            ReadOnlySpan<byte> length = from.Slice(((i * 2) + 1) * NumberBytes, NumberBytes);
            if (length[0] == 0)
            {
                return false;
            }

            map.Add(Number(offset), Number(length));
        }

        return from[isExtendedAt] != 0;
    }

    // Octal digits behind blanks and before a blank or a NUL, or a NUL alone; or, marked by the first byte, base 256.
    private static long? Number(ReadOnlySpan<byte> field)
    {
        long value = 0;
        if (field[0] == 0x80)
        {
            foreach (byte digit in field[1..])
            {
                if (value > long.MaxValue >> 8)
                {
                    return null;
                }

                value = (value << 8) | digit;
            }

            return value;
        }

        ReadOnlySpan<byte> text = field.TrimStart((byte)' ');
        int count = text.IndexOfAnyExceptInRange((byte)'0', (byte)'7');
        ReadOnlySpan<byte> digits = count < 0 ? text : text[..count];
        if (text.IsEmpty || (count >= 0 && text[count] is not (0 or (byte)' ')))
        {
            return null;
        }

        foreach (byte digit in digits)
        {
            value = (value * 8) + (digit - '0');
        }

        return value;
    }
}
