using GuestAgent.Errors;

namespace GuestAgent.Workloads;

/// <summary>Which parts of a sparse file an archive has, as it is read.</summary>
/// <param name="size">How long the file is.</param>
internal sealed class SparseMap(long size)
{
    // What one of the forms needs in memory at once.
    private const int MaxExtents = 64 * 1024;

    private readonly List<TarExtent> _extents = [];
    private long _end;

    /// <summary>How long the file is.</summary>
    public long Size => size;

    /// <summary>Bytes of the file that the archive has.</summary>
    public long StoredBytes { get; private set; }

    /// <summary>The parts, in order, without overlap, inside of the file.</summary>
    public IReadOnlyList<TarExtent> Extents => _extents;

    /// <summary>
    /// Whether the parts end where the file does, be it with one of no bytes: where they do not, GNU tar makes a shorter file.
    /// </summary>
    public bool IsWhole => _end == size;

    /// <summary>Adds the next part.</summary>
    /// <param name="offset">Where it is; null for what was no number.</param>
    /// <param name="length">Its bytes; null for what was no number.</param>
    /// <exception cref="OperationException">It cannot be there.</exception>
    public void Add(long? offset, long? length)
    {
        // Only the last may end inside of a block: GNU tar would go on in the next one, libarchive in the same.
        bool isContiguous = length is 0 || StoredBytes % TarHeader.Bytes == 0;
        if (offset is not { } at || length is not { } bytes || at < _end || bytes > size - at || !isContiguous)
        {
            throw ArchiveFault.Malformed("has a sparse file whose parts make none");
        }

        if (_extents.Count == MaxExtents)
        {
            throw ArchiveFault.TooLarge("parts of a sparse file", MaxExtents);
        }

        _extents.Add(new TarExtent(at, bytes));
        _end = at + bytes;
        StoredBytes += bytes;
    }
}
