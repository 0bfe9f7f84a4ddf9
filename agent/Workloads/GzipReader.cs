using System.IO.Compression;

namespace GuestAgent.Workloads;

/// <summary>
/// Unpacks a gzip file (RFC 1952) as gzip(1) does: all its members, and zeros behind the last. The framework's stream does
/// the work, and compares the checksums; but it takes a file that is cut off, or that something else follows, for a whole
/// one. How much of the file it asks for tells the difference.
/// </summary>
internal sealed class GzipReader : SequentialStream
{
    private readonly GzipFile _file;
    private readonly GZipStream _members;
    private readonly CancellationToken _cancellationToken;

    /// <summary>Looks at nothing yet.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="cancellationToken">Gives up, in the middle of a read too.</param>
    public GzipReader(ReadOnlyMemory<byte> file, CancellationToken cancellationToken = default)
    {
        _file = new GzipFile(file, cancellationToken);
        _members = new GZipStream(_file, CompressionMode.Decompress);
        _cancellationToken = cancellationToken;
    }

    /// <summary>Reads on.</summary>
    /// <returns>0 at the end of a file that is whole.</returns>
    /// <exception cref="InvalidDataException">It is no gzip file, or damaged.</exception>
    public override int Read(Span<byte> buffer)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        int count = _members.Read(buffer);
        if (count == 0 && !buffer.IsEmpty && !_file.IsUsedUp)
        {
            throw new InvalidDataException("is followed by something else");
        }

        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _members.Dispose();
        }

        base.Dispose(disposing);
    }

    // Gives the zeros at the end of the file one by one, since they are padding or the end of the last member's size, and then
    // one more. Behind a whole member the framework looks at one byte, to see whether another member begins there.
    private sealed class GzipFile(ReadOnlyMemory<byte> file, CancellationToken cancellationToken) : SequentialStream
    {
        private readonly int _zeros = file.Span.LastIndexOfAnyExcept((byte)0) + 1;
        private int _at;

        /// <summary>True when a zero was asked for: what is in front of them belongs to members.</summary>
        public bool IsUsedUp => _at > _zeros;

        public override int Read(Span<byte> buffer)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_at > file.Length)
            {
                throw new InvalidDataException("is cut off");
            }

            int count = Math.Min(buffer.Length, Math.Max(1, _zeros - _at));
            buffer[..count].Clear();
            file.Span[_at..Math.Min(file.Length, _at + count)].CopyTo(buffer);
            _at += count;
            return count;
        }
    }
}
