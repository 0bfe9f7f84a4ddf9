using System.Buffers;
using GuestAgent.Hashing;

namespace GuestAgent.Host.Files;

/// <summary>
/// Reads the source of an upload piece by piece and hashes it. Keeps what the agent has not confirmed yet, so that it can be
/// sent again although the source cannot be read again.
/// </summary>
internal sealed class UploadSource : IDisposable
{
    private const int ScratchBytes = 64 * 1024;

    private readonly Stream _stream;
    private readonly long _start;
    private readonly ContentHash _hash;
    private readonly SourceHoles? _holes;
    private readonly List<UploadPiece> _kept = [];
    private int _next;
    private long _read;
    private string? _sha256;

    /// <summary>Reads a stream from where it stands.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="sparse">True for holes that are not read, if it is a file that has any; null for an upload that is of such a file.</param>
    public UploadSource(Stream stream, bool? sparse = false)
    {
        _stream = stream;
        _start = stream.CanSeek ? stream.Position : 0;
        // A file without a length may have content all the same, as in /proc.
        Length = stream.CanSeek && stream.Length > _start ? stream.Length - _start : null;
        _holes = sparse != false && Length is { } length ? SourceHoles.Of(stream, _start, length) : null;
        IsSparse = sparse is null || _holes is not null;
        _hash = new ContentHash(IsSparse);
    }

    /// <summary>True when pieces may be holes, and the hash is that of blocks.</summary>
    public bool IsSparse { get; }

    /// <summary>
    /// Bytes of the source, where it can tell. It ends there: of a file that grows, the agent was told this length.
    /// </summary>
    public long? Length { get; }

    /// <summary>The next piece to send; null at the end of the source. It is valid until it is confirmed.</summary>
    /// <param name="most">Most bytes of a piece that is read now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<UploadPiece?> NextAsync(int most, CancellationToken cancellationToken)
    {
        if (_next == _kept.Count)
        {
            if (HoleHere(ref most) is > 0 and var hole)
            {
                AddHole(hole);
                _kept.Add(new UploadPiece([], _read - hole, 0, 0, hole));
                return _kept[_next++];
            }

            most = (int)Math.Clamp((Length ?? long.MaxValue) - _read, 0, most);
            byte[] memory = ArrayPool<byte>.Shared.Rent(most);
            int length = await _stream.ReadAtLeastAsync(memory.AsMemory(0, most), most, false, cancellationToken)
                .ConfigureAwait(false);
            if (length == 0)
            {
                ArrayPool<byte>.Shared.Return(memory);
                return null;
            }

            Hash(memory.AsSpan(0, length));
            _kept.Add(new UploadPiece(memory, _read, 0, length));
            _read += length;
        }

        return _kept[_next++];
    }

    /// <summary>The agent has everything before an offset.</summary>
    public void Confirm(long offset)
    {
        while (_kept is [{ End: var end }, ..] && end <= offset)
        {
            _kept[0].Return();
            _kept.RemoveAt(0);
            _next--;
        }
    }

    /// <summary>Makes the piece at an offset the next one.</summary>
    /// <param name="offset">What the agent has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GuestTransferException">The source does not have that piece, or not any more.</exception>
    public async ValueTask GoToAsync(long offset, CancellationToken cancellationToken)
    {
        _next = 0;
        if (offset < (_kept is [{ } first, ..] ? first.Offset : _read))
        {
            Rewind();
        }

        while (_read < offset)
        {
            await SkipAsync(offset - _read, cancellationToken).ConfigureAwait(false);
        }

        while (_kept is [{ End: var end }, ..] && end <= offset)
        {
            _kept[0].Return();
            _kept.RemoveAt(0);
        }

        if (_kept is [{ Offset: var start } cut, ..] && start < offset)
        {
            _kept[0] = cut.From(offset);
        }
    }

    /// <summary>The SHA-256 of the whole source, in small hexadecimal digits, once all of it was read.</summary>
    public string Finish() => _sha256 ??= _hash.FinishText();

    /// <summary>Bytes read so far; at the end, the size of the source.</summary>
    public long BytesRead => _read;

    /// <inheritdoc/>
    public void Dispose()
    {
        Drop();
        _hash.Dispose();
    }

    private void Drop()
    {
        foreach (UploadPiece piece in _kept)
        {
            piece.Return();
        }

        _kept.Clear();
    }

    private void Rewind()
    {
        if (!_stream.CanSeek)
        {
            throw new GuestTransferException(
                TransferFailure.UploadLost,
                "The agent has less of the upload than it said before, and the source cannot be read again.");
        }

        Drop();
        _stream.Position = _start;
        _read = 0;
    }

    // Read, not sought past, where it was not hashed yet.
    private async ValueTask SkipAsync(long bytes, CancellationToken cancellationToken)
    {
        long hashed = _hash.Length - _read;
        if (hashed > 0)
        {
            long known = Math.Min(bytes, hashed);
            _stream.Position = _start + _read + known;
            _read += known;
            return;
        }

        int most = ScratchBytes;
        if (HoleHere(ref most) is > 0 and var hole)
        {
            AddHole(Math.Min(hole, bytes));
            return;
        }

        byte[] scratch = ArrayPool<byte>.Shared.Rent(ScratchBytes);
        int length = await _stream.ReadAsync(scratch.AsMemory(0, (int)Math.Min(bytes, Math.Min(most, scratch.Length))), cancellationToken)
            .ConfigureAwait(false);
        Hash(scratch.AsSpan(0, length));
        _read += length;
        ArrayPool<byte>.Shared.Return(scratch);
        if (length == 0)
        {
            throw new GuestTransferException(
                TransferFailure.SourceTooShort, $"The source ends at {_read}, where the agent has more of the upload.");
        }
    }

    // How long the hole is that begins here; else no more is to be read than there is data.
    private long HoleHere(ref int most)
    {
        if (_holes is null || Length is not { } length || _read >= length)
        {
            return 0;
        }

        (long data, long hole) = _holes.At(_start + _read, _start + length, most);
        most = data > 0 ? (int)data : most;
        return data == 0 ? hole : 0;
    }

    private void AddHole(long bytes)
    {
        _hash.AddZeros(Math.Max(_read + bytes - Math.Max(_hash.Length, _read), 0));
        _read += bytes;
        _stream.Position = _start + _read;
    }

    // What is read a second time was hashed the first time.
    private void Hash(ReadOnlySpan<byte> bytes)
    {
        long known = Math.Min(_hash.Length - _read, bytes.Length);
        _hash.Add(bytes[(int)known..]);
    }
}
