using System.Globalization;
using System.Text;
using GuestAgent.Errors;

namespace GuestAgent.Workloads;

/// <summary>
/// Reads an archive from front to back, bounded in every respect: what .NET's own reader would allocate is decided by
/// the archive. Knows long names and sizes of POSIX (pax) and GNU.
/// </summary>
/// <param name="source">The archive; each read gives what was asked for, or less at its end.</param>
/// <param name="maxEntries">Most headers.</param>
/// <param name="maxBytes">Most bytes of the whole archive.</param>
internal sealed class TarReader(Stream source, int maxEntries, long maxBytes)
{
    // PATH_MAX, with room for the other records of a pax header.
    private const int MaxExtraBytes = 64 * 1024;

    private const string Field = "code_archive";

    private readonly byte[] _block = new byte[TarHeader.Bytes];
    private long _bytes;
    private int _entries;
    private long _contentLeft;
    private int _padding;

    /// <summary>The next entry; null behind the last, and then the archive is read to its end.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.InvalidParameters"/> or
    /// <see cref="ErrorCode.TooLarge"/>.</exception>
    public TarEntry? Next()
    {
        string? longName = null;
        long? longSize = null;
        while (true)
        {
            SkipContent();
            if (!TryReadBlock())
            {
                return null;
            }

            var header = new TarHeader(_block);
            if (header.IsEnd)
            {
                SkipRest();
                return null;
            }

            if (!header.IsSound || header.Size is not { } size)
            {
                throw Malformed("has a header that is none");
            }

            if (++_entries > maxEntries)
            {
                throw TooLarge("entries", maxEntries);
            }

            char type = header.Type;
            switch (type)
            {
                case 'L':
                    longName = TarHeader.Text(ReadExtra(size));
                    continue;
                case 'x':
                    ReadRecords(ReadExtra(size), ref longName, ref longSize);
                    continue;
                case 'g' or 'K':
                    Begin(size);
                    continue;
                default:
                    TarKind kind = KindOf(type, header.Name);
                    long content = longSize ?? size;
                    // Only files have content, whatever the field says of a link or a directory.
                    Begin(kind is TarKind.File or TarKind.Other ? content : 0);
                    return new TarEntry(longName ?? header.Name, kind, _contentLeft, header.IsExecutable);
            }
        }
    }

    /// <summary>Reads on in the content of the last entry.</summary>
    /// <returns>0 at its end.</returns>
    public int Read(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, _contentLeft);
        ReadExactly(buffer[..wanted]);
        _contentLeft -= wanted;
        return wanted;
    }

    private static TarKind KindOf(char type, string name) => type switch
    {
        // The oldest form marks a directory by the slash at the end of its name.
        '\0' when name.EndsWith('/') => TarKind.Directory,
        '0' or '\0' or '7' => TarKind.File,
        '5' => TarKind.Directory,
        '1' or '2' => TarKind.Link,
        _ => TarKind.Other,
    };

    private void Begin(long content)
    {
        if (content > maxBytes)
        {
            throw TooLarge("bytes", maxBytes);
        }

        _contentLeft = content;
        _padding = (int)((TarHeader.Bytes - (content % TarHeader.Bytes)) % TarHeader.Bytes);
    }

    private byte[] ReadExtra(long size)
    {
        if (size > MaxExtraBytes)
        {
            throw TooLarge("bytes of a name", MaxExtraBytes);
        }

        Begin(size);
        byte[] extra = new byte[size];
        Read(extra);
        return extra;
    }

    // Records of "LENGTH NAME=VALUE\n", in which the length counts itself.
    private static void ReadRecords(ReadOnlySpan<byte> records, ref string? name, ref long? size)
    {
        while (!records.IsEmpty)
        {
            int blank = records.IndexOf((byte)' ');
            if (blank < 0
                || !int.TryParse(records[..blank], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                || length <= blank + 1 || length > records.Length || records[length - 1] != (byte)'\n')
            {
                throw Malformed("has an extended header that is none");
            }

            string record = Encoding.UTF8.GetString(records[(blank + 1)..(length - 1)]);
            records = records[length..];
            if (record.StartsWith("path=", StringComparison.Ordinal))
            {
                name = record["path=".Length..];
            }
            else if (record.StartsWith("size=", StringComparison.Ordinal))
            {
                size = long.TryParse(record["size=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out long value)
                    ? value
                    : throw Malformed("has an extended header that is none");
            }
        }
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
            : throw Malformed("is cut off");
    }

    private void ReadExactly(Span<byte> buffer)
    {
        if (source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
        {
            throw Malformed("is cut off");
        }

        Count(buffer.Length);
    }

    private void Count(int bytes)
    {
        _bytes += bytes;
        if (_bytes > maxBytes)
        {
            throw TooLarge("bytes", maxBytes);
        }
    }

    private static OperationException Malformed(string what) =>
        OperationException.InvalidParameter(Field, $"The archive {what}.", "archive");

    private static OperationException TooLarge(string what, long limit) => new(
        ErrorCode.TooLarge,
        $"The archive has more than {limit} {what}.",
        new ErrorDetail("archive", "params." + Field, limit));
}
