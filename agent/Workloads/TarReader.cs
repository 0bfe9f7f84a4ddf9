using GuestAgent.Errors;

namespace GuestAgent.Workloads;

/// <summary>
/// Reads an archive from front to back, as GNU tar does, bounded in every respect. Knows long names, sizes and sparse files of
/// POSIX (pax) and GNU. The framework's own reader allocates what a header tells it to, checks no checksum, knows no sparse
/// files and makes one name of two that are not UTF-8.
/// </summary>
/// <param name="source">The archive.</param>
/// <param name="maxEntries">Most entries.</param>
/// <param name="maxBytes">Most bytes of the whole archive, and of its files with what they have no bytes for.</param>
internal sealed class TarReader(Stream source, int maxEntries, long maxBytes)
{
    // A path, and attributes that are of no use here, of which a file may have 64 KiB.
    private const int MaxExtraBytes = 1 << 20;

    private readonly byte[] _block = new byte[TarHeader.Bytes];
    private byte[] _extra = [];
    private long _bytes;
    private int _entries;
    private long _contentLeft;
    private int _padding;

    /// <summary>The next entry; null behind the last, and then the archive is read to its end.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidParameters"/> or
    /// <see cref="ErrorCode.TooLarge"/>.</exception>
    public TarEntry? Next()
    {
        byte[]? longName = null;
        byte[]? longLink = null;
        PaxRecords? records = null;
        while (true)
        {
            SkipContent();
            bool isEnd = !TryReadBlock() || new TarHeader(_block).IsEnd;
            if (isEnd && (longName is not null || longLink is not null || records is not null))
            {
                throw CutOff();
            }

            if (isEnd)
            {
                SkipRest();
                return null;
            }

            var header = new TarHeader(_block);
            if (!header.IsSound || header.Size is not { } size)
            {
                throw NoHeader();
            }

            switch (header.Type)
            {
                case 'L':
                    longName = TarHeader.Text(ReadExtra(size)).ToArray();
                    break;
                case 'K':
                    longLink = TarHeader.Text(ReadExtra(size)).ToArray();
                    break;
                case 'x' or 'X' when records is null:
                    records = PaxRecords.Parse(ReadExtra(size));
                    break;
                case 'x' or 'X':
                    throw ArchiveFault.Malformed("has two extended headers for one entry");
                case 'g' when !PaxRecords.Parse(ReadExtra(size)).IsEmpty:
                    throw ArchiveFault.Malformed("has a name, a link or a size for all its entries");
                case 'g':
                    break;
                case 'V':
                    // The archive's own name, which takes up what was said of an entry.
                    Begin(size);
                    (longName, longLink, records) = (null, null, null);
                    break;
                default:
                    return BeginEntry(
                        records?.Path ?? longName ?? header.Name, records?.LinkPath ?? longLink ?? header.LinkName, records, size);
            }
        }
    }

    /// <summary>Reads on in the content of the last entry: its extents, one behind the other.</summary>
    /// <returns>0 at its end.</returns>
    public int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, _contentLeft);
        ReadExactly(buffer[..wanted]);
        _contentLeft -= wanted;
        return wanted;
    }

    private TarEntry BeginEntry(byte[] name, byte[] linkName, PaxRecords? records, long size)
    {
        var header = new TarHeader(_block);
        if (++_entries > maxEntries)
        {
            throw ArchiveFault.TooLarge("entries", maxEntries);
        }

        if (header.Mode is not { } mode)
        {
            throw NoHeader();
        }

        bool isExecutable = (mode & 0x40) != 0;
        bool isGnuSparse = header.Type == 'S' && header.IsGnu;
        TarKind kind = isGnuSparse ? TarKind.File : KindOf(header.Type, name);
        size = records?.Size ?? size;
        if (isGnuSparse || records?.IsSparse == true)
        {
            SparseMap map = BeginSparse(isGnuSparse, kind, records, size);
            return new TarEntry(name, kind, map.Size, map.Extents, isExecutable, linkName);
        }

        // Of the others only a list of a directory's files is content, whatever the field says.
        Begin(kind is TarKind.File or TarKind.Other || header.Type == 'D' ? size : 0);
        return new TarEntry(name, kind, _contentLeft, [new TarExtent(0, _contentLeft)], isExecutable, linkName);
    }

    private static TarKind KindOf(char type, byte[] name) => type switch
    {
        // The oldest form marks a directory by the slash at the end of its name.
        '0' or '\0' or '7' => name is [.., (byte)'/'] ? TarKind.Directory : TarKind.File,
        '5' or 'D' => TarKind.Directory,
        '1' => TarKind.HardLink,
        '2' => TarKind.SymbolicLink,
        _ => TarKind.Other,
    };

    private SparseMap BeginSparse(bool isGnu, TarKind kind, PaxRecords? records, long size)
    {
        if (kind != TarKind.File || isGnu == (records?.IsSparse == true))
        {
            throw ArchiveFault.Malformed("has a sparse file of an unknown kind");
        }

        SparseMap map = isGnu
            ? new SparseMapReader(_block, () => ReadExactly(_block)).ReadGnu()
            : records!.ToSparseMap();
        Begin(size);
        if (!isGnu && records!.HasMapInContent)
        {
            new SparseMapReader(_block, ReadBlockOfContent).ReadText(map);
        }

        if (!map.IsWhole || map.StoredBytes != _contentLeft)
        {
            throw ArchiveFault.Malformed("has a sparse file whose parts make none");
        }

        Count(map.Size - map.StoredBytes);
        return map;
    }

    private void ReadBlockOfContent()
    {
        if (Read(_block) < _block.Length)
        {
            throw CutOff();
        }
    }

    private void Begin(long content)
    {
        if (content > maxBytes)
        {
            throw ArchiveFault.TooLarge("bytes", maxBytes);
        }

        _contentLeft = content;
        _padding = (int)((TarHeader.Bytes - (content % TarHeader.Bytes)) % TarHeader.Bytes);
    }

    private ReadOnlySpan<byte> ReadExtra(long size)
    {
        if (size > MaxExtraBytes)
        {
            throw ArchiveFault.TooLarge("bytes in an extended header", MaxExtraBytes);
        }

        Begin(size);
        if (_extra.Length < size)
        {
            _extra = new byte[size];
        }

        Span<byte> extra = _extra.AsSpan(0, (int)size);
        Read(extra);
        return extra;
    }

    private void SkipContent()
    {
        Span<byte> scratch = stackalloc byte[TarHeader.Bytes];
        while (Read(scratch) > 0)
        {
        }

        ReadExactly(scratch[.._padding]);
        _padding = 0;
    }

    // Padding, behind which is what tells whether all before was read as it was written.
    private void SkipRest()
    {
        while (source.Read(_block) is > 0 and var count)
        {
            Count(count);
        }
    }

    private bool TryReadBlock()
    {
        int count = source.ReadAtLeast(_block, _block.Length, throwOnEndOfStream: false);
        Count(count);
        return count == _block.Length ? true
            : count == 0 && _entries > 0 ? false
            : throw CutOff();
    }

    private void ReadExactly(Span<byte> buffer)
    {
        if (source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
        {
            throw CutOff();
        }

        Count(buffer.Length);
    }

    private void Count(long bytes)
    {
        if (bytes > maxBytes - _bytes)
        {
            throw ArchiveFault.TooLarge("bytes", maxBytes);
        }

        _bytes += bytes;
    }

    private static OperationException CutOff() => ArchiveFault.Malformed("is cut off");

    private static OperationException NoHeader() => ArchiveFault.Malformed("has a header that is none");
}
