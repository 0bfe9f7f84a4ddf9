using System.Buffers.Text;
using System.Text;
using GuestAgent.Errors;

namespace GuestAgent.Workloads;

/// <summary>An extended header of POSIX (pax): what it says of the next entry, as far as that changes what is unpacked.</summary>
internal sealed class PaxRecords
{
    private const string SparsePrefix = "GNU.sparse.";

    private byte[]? _path;
    private byte[]? _sparseName;
    private long? _sparseSize;
    private (long? Major, long? Minor) _sparseVersion;
    private long? _sparseCount;
    private readonly List<long> _sparseParts = [];

    /// <summary>The entry's path; null when that is in its own header.</summary>
    public byte[]? Path => _sparseName ?? _path;

    /// <summary>Where the entry leads that is a link; null when that is in its own header.</summary>
    public byte[]? LinkPath { get; private set; }

    /// <summary>Bytes of the entry's content; null when that is in its own header.</summary>
    public long? Size { get; private set; }

    /// <summary>Whether the entry's content is the parts of a sparse file.</summary>
    public bool IsSparse { get; private set; }

    /// <summary>Whether the map of a sparse file is at the beginning of the content: version 1.0 of GNU's form.</summary>
    public bool HasMapInContent => _sparseVersion is (1, 0);

    /// <summary>Whether there is nothing that changes what is unpacked.</summary>
    public bool IsEmpty => Path is null && LinkPath is null && Size is null && !IsSparse;

    /// <summary>Reads records of <c>LENGTH NAME=VALUE\n</c>, in which the length counts itself.</summary>
    /// <exception cref="OperationException">They are none, or of a kind that nobody else reads.</exception>
    public static PaxRecords Parse(ReadOnlySpan<byte> records)
    {
        var parsed = new PaxRecords();
        while (!records.IsEmpty)
        {
            int blank = records.IndexOf((byte)' ');
            if (blank < 0 || Number(records[..blank]) is not { } length
                || length <= blank + 1 || length > records.Length || records[(int)length - 1] != (byte)'\n')
            {
                throw Malformed();
            }

            ReadOnlySpan<byte> record = records[(blank + 1)..((int)length - 1)];
            records = records[(int)length..];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                throw Malformed();
            }

            parsed.Take(Encoding.UTF8.GetString(record[..equals]), record[(equals + 1)..]);
        }

        return parsed;
    }

    /// <summary>The map of a sparse file, as far as it is here: version 0.0 and 0.1 of GNU's form.</summary>
    /// <exception cref="OperationException">It is of a version that is not known.</exception>
    public SparseMap ToSparseMap()
    {
        bool isKnown = HasMapInContent
            ? _sparseParts.Count == 0
            : _sparseVersion.Major is null or 0 && _sparseParts.Count > 0 && _sparseParts.Count == _sparseCount * 2;
        if (!isKnown || _sparseSize is not { } size)
        {
            throw ArchiveFault.Malformed("has a sparse file of an unknown kind");
        }

        var map = new SparseMap(size);
        for (int i = 0; i < _sparseParts.Count; i += 2)
        {
            map.Add(_sparseParts[i], _sparseParts[i + 1]);
        }

        return map;
    }

    private void Take(string name, ReadOnlySpan<byte> value)
    {
        IsSparse |= name.StartsWith(SparsePrefix, StringComparison.Ordinal);
        switch (name)
        {
            case "path":
                _path = Text(value);
                break;
            case "linkpath":
                LinkPath = Text(value);
                break;
            case "size":
                Size = NumberOrThrow(value);
                break;
            case "GNU.sparse.name":
                _sparseName = Text(value);
                break;
            case "GNU.sparse.size" or "GNU.sparse.realsize":
                _sparseSize = NumberOrThrow(value);
                break;
            case "GNU.sparse.major":
                _sparseVersion.Major = NumberOrThrow(value);
                break;
            case "GNU.sparse.minor":
                _sparseVersion.Minor = NumberOrThrow(value);
                break;
            case "GNU.sparse.offset" when _sparseParts.Count % 2 == 0:
            case "GNU.sparse.numbytes" when _sparseParts.Count % 2 == 1:
                _sparseParts.Add(NumberOrThrow(value));
                break;
            case "GNU.sparse.map" when _sparseParts.Count == 0:
                TakeMap(value);
                break;
            case "GNU.sparse.numblocks":
                _sparseCount = NumberOrThrow(value);
                break;
            case "GNU.sparse.offset" or "GNU.sparse.numbytes" or "GNU.sparse.map":
            case "SCHILY.realsize":
                // The last is star's form of sparse files, which GNU tar takes for whole ones.
                throw ArchiveFault.Malformed("has a sparse file of an unknown kind");
        }
    }

    private void TakeMap(ReadOnlySpan<byte> value)
    {
        foreach (Range part in value.Split((byte)','))
        {
            _sparseParts.Add(NumberOrThrow(value[part]));
        }
    }

    private static byte[] Text(ReadOnlySpan<byte> value) =>
        value.Contains((byte)0) ? throw Malformed() : value.ToArray();

    private static long NumberOrThrow(ReadOnlySpan<byte> digits) => Number(digits) ?? throw Malformed();

    // The parser takes signs as well.
    private static long? Number(ReadOnlySpan<byte> digits) =>
        !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
        && Utf8Parser.TryParse(digits, out long value, out int read) && read == digits.Length
            ? value
            : null;

    private static OperationException Malformed() => ArchiveFault.Malformed("has an extended header that is none");
}
