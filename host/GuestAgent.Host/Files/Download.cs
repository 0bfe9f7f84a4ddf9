using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Hashing;
using GuestAgent.Host.Diagnostics;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host.Files;

/// <summary>
/// One download: asks for several pieces ahead and writes them in order. A piece whose answer is lost with the connection
/// is asked for again on the next one. Every piece must be of the same version of the file, or of one that has only become
/// longer, as a log does: then the guest's hash of what was read tells whether it is the same still. How long it is, reading tells
/// and not its size.
/// </summary>
internal sealed class Download(
    GuestLink link, string path, Stream destination, DownloadOptions options, IProgress<TransferProgress>? progress) : IDisposable
{
    // After a restored snapshot the agent does not know of the requests that wait for it.
    private const int MostTimeouts = 3;

    // The guest may tell of holes of any size: between two looks at the token.
    private const long HashedAtOnce = 1L << 32;

    private readonly TransferPace _pace =
        new(link.Options.TimeProvider, TakesBodies(link) ? PieceSizes.InBodies : PieceSizes.InLines);

    private readonly Queue<(long Offset, int Length, Task<FilePiece> Piece)> _underWay = new();
    private readonly bool _isSparse = options.Sparse && link.Agent.Capabilities.Contains(FileRead.SparseFiles);
    private readonly ContentHash _hash = new(options.Sparse && link.Agent.Capabilities.Contains(FileRead.SparseFiles));
    private string? _version = options.Version;
    private long _asked = options.Offset;
    private long _written = options.Offset;
    private long _end = long.MaxValue;
    private long _size = long.MaxValue;
    private bool _complete;
    private bool _endsEarly;

    // What was read before this download, of the version that it is to be of, is not in the hash.
    private bool IsCompared => options is { Verify: true, Version: null };

    /// <summary>Reads the file.</summary>
    public async Task<DownloadResult> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await RunUntilStoppedAsync(stop.Token).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach ((long _, int _, Task<FilePiece> piece) in _underWay)
            {
                await ((Task)piece).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private async Task<DownloadResult> RunUntilStoppedAsync(CancellationToken stop)
    {
        // The first piece tells how long the file is, and whether it is known at all.
        bool hasSize = await TakeFirstAsync(stop).ConfigureAwait(false);
        while (!_complete)
        {
            while (_asked < _end && (_underWay.Count == 0 || (hasSize && _pace.HasRoom)))
            {
                Ask(stop);
            }

            (long offset, int length, Task<FilePiece> piece) = _underWay.Dequeue();
            await TakeAsync(await piece.ConfigureAwait(false), offset, length, stop).ConfigureAwait(false);
            _asked = Math.Max(_asked, _written);
        }

        if (_isSparse && destination.Length < destination.Position)
        {
            // It ends with a hole.
            destination.SetLength(destination.Position);
        }

        // A file that ends before its size, as those of /sys do, is made anew each time that it is read.
        bool comparable = (hasSize && !_endsEarly) || _written == options.Offset;
        string? sha256 = options.Verify && comparable ? await VerifyAsync(stop).ConfigureAwait(false) : null;
        return new DownloadResult(_written - options.Offset, _version!, sha256);
    }

    private async Task<bool> TakeFirstAsync(CancellationToken stop)
    {
        int length = (int)Math.Min(_pace.PieceBytes, options.Length ?? long.MaxValue);
        _asked += length;
        FilePiece first = await FetchAsync(_written, length, stop).ConfigureAwait(false);
        long size = first.Answer.FileSizeBytes;
        long most = options.Length is { } wanted && wanted < long.MaxValue - options.Offset
            ? options.Offset + wanted
            : long.MaxValue;
        _end = size > 0 ? Math.Min(size, most) : most;
        _size = size > 0 ? size : long.MaxValue;
        await TakeAsync(first, options.Offset, length, stop).ConfigureAwait(false);
        _asked = Math.Max(_asked, _written);
        return size > 0;
    }

    private void Ask(CancellationToken stop)
    {
        int length = (int)Math.Min(_pace.PieceBytes, _end - _asked);
        _underWay.Enqueue((_asked, length, FetchAsync(_asked, length, stop)));
        _asked += length;
    }

    private async Task TakeAsync(FilePiece piece, long offset, int length, CancellationToken stop)
    {
        long next = offset + length;
        while (true)
        {
            using FilePiece taken = piece;
            Check(piece.Answer);
            // Else it was asked for before there was known to be a hole, of which it is a part.
            if (offset == _written)
            {
                await WriteAsync(piece, stop).ConfigureAwait(false);
                HostDiagnostics.CountDownloaded(piece.Bytes.Length);
            }
            else if (next <= _written)
            {
                return;
            }

            progress?.Report(new TransferProgress(
                _written - options.Offset, _end == long.MaxValue ? null : Math.Max(_end - options.Offset, 0)));
            _complete = piece.Answer.Eof || _written >= _end;
            if (_complete || _written >= next)
            {
                break;
            }

            // Shorter than asked for, which the agent may do; what was asked for behind it comes behind it.
            if (offset == _written && piece.Bytes.IsEmpty)
            {
                throw GuestConnectionException.Violation("a file ends before its end.");
            }

            offset = _written;
            piece = await FetchAsync(_written, (int)(next - _written), stop).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(FilePiece piece, CancellationToken stop)
    {
        if (options.Verify)
        {
            _hash.Add(piece.Bytes.Span);
        }

        await destination.WriteAsync(piece.Bytes, stop).ConfigureAwait(false);
        _written += piece.Bytes.Length;
        if (piece.Answer.HoleBytes is { } told)
        {
            long hole = Math.Min(told, _end - _written);
            destination.Seek(hole, SeekOrigin.Current);
            _written += hole;
            while (options.Verify && hole > 0)
            {
                stop.ThrowIfCancellationRequested();
                long part = Math.Min(hole, HashedAtOnce);
                _hash.AddZeros(part);
                hole -= part;
            }
        }
    }

    private void Check(FileReadResult answer)
    {
        _version ??= answer.Version;
        if (answer.Version != _version && !(IsCompared && answer.FileSizeBytes > _size))
        {
            throw Changed();
        }

        _endsEarly |= answer.Eof && answer.FileSizeBytes > 0 && _end > answer.Offset + answer.SizeBytes + (answer.HoleBytes ?? 0);
    }

    private async Task<FilePiece> FetchAsync(long offset, int length, CancellationToken stop)
    {
        var request = new FileReadRequest(path, TextEncoding.Base64, offset, length, TakesBodies(link), _isSparse);
        for (int timeouts = 1; ; timeouts++)
        {
            TransferPace.Departure departure = _pace.Send(length);
            bool arrived = false;
            try
            {
                FilePiece piece = await link
                    .CallAsync(
                        FileRead.Contract,
                        request,
                        (answer, behind) => Piece(behind is null ? answer : answer with { Content = behind }, offset, length),
                        stop)
                    .ConfigureAwait(false);
                _pace.Arrive(departure);
                arrived = true;
                return piece;
            }
            catch (GuestCallTimeoutException) when (timeouts < MostTimeouts)
            {
            }
            finally
            {
                if (!arrived)
                {
                    _pace.Drop(departure);
                }
            }
        }
    }

    private static bool TakesBodies(GuestLink link) => link.Agent.Capabilities.Contains(FileRead.AttachedContent);

    private FilePiece Piece(FileReadResult answer, long offset, int length)
    {
        ReadOnlyMemory<byte> bytes = FileAnswers.Decode(answer, offset, length);
        bool sensible = answer.HoleBytes is not { } hole
            || (_isSparse && hole > 0 && hole <= answer.FileSizeBytes - offset - bytes.Length);
        return sensible
            ? new FilePiece(answer, bytes)
            : throw GuestConnectionException.Violation("a hole in a file is where none can be.");
    }

    private async Task<string> VerifyAsync(CancellationToken stop)
    {
        string here = _hash.FinishText();
        long length = _written - options.Offset;
        if (length == 0)
        {
            return here;
        }

        FileHashResult there = await link
            .CallAsync(FileHash.Contract, new FileHashRequest(path, options.Offset, length, _isSparse), stop)
            .ConfigureAwait(false);
        bool isSame = there.SizeBytes == length && there.Sha256 == here;
        if (there.SizeBytes != length || (there.Version != _version && !(IsCompared && isSame)))
        {
            throw Changed();
        }

        _version = there.Version;
        return isSame
            ? here
            : throw new GuestTransferException(
                TransferFailure.HashMismatch, $"{path} has the SHA-256 {there.Sha256} in the guest and {here} here.");
    }

    private GuestTransferException Changed() =>
        new(TransferFailure.FileChanged, $"{path} was changed in the guest while it was read.");
}
