using GuestAgent.Errors;

namespace GuestAgent.Workloads;

/// <summary>Reads the maps of sparse files that have blocks of their own.</summary>
/// <param name="block">The block that was read last.</param>
/// <param name="readNext">Puts the next one there, or throws.</param>
internal sealed class SparseMapReader(byte[] block, Action readNext)
{
    private int _at;

    /// <summary>GNU's own form: extents in the header, which is the block, and in those behind it.</summary>
    /// <exception cref="OperationException">It is none.</exception>
    public SparseMap ReadGnu()
    {
        var header = new TarHeader(block);
        var map = new SparseMap(header.RealSize ?? throw Malformed());
        for (bool more = header.AddExtentsTo(map); more; more = TarHeader.AddMoreExtents(block, map))
        {
            readNext();
        }

        return map;
    }

    /// <summary>
    /// Version 1.0 of GNU's form in POSIX archives, in the next blocks: decimal numbers, one a line. The first says how many
    /// extents there are; their offsets and lengths follow.
    /// </summary>
    /// <exception cref="OperationException">It is none.</exception>
    public void ReadText(SparseMap map)
    {
        _at = block.Length;
        for (long left = NextNumber(); left > 0; left--)
        {
            map.Add(NextNumber(), NextNumber());
        }
    }

    private long NextNumber()
    {
        long value = NextByte() is >= (byte)'0' and <= (byte)'9' and var first ? first - '0' : throw Malformed();
        while (NextByte() is not (byte)'\n' and var letter)
        {
            value = letter is >= (byte)'0' and <= (byte)'9' && value < long.MaxValue / 10
                ? (value * 10) + (letter - '0')
                : throw Malformed();
        }

        return value;
    }

    private byte NextByte()
    {
        if (_at == block.Length)
        {
            readNext();
            _at = 0;
        }

        return block[_at++];
    }

    private static OperationException Malformed() => ArchiveFault.Malformed("has a sparse file without a map");
}
