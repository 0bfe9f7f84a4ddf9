using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Hashing;
using GuestAgent.Linux.Native;

namespace GuestAgent.Files;

/// <summary>
/// A file that comes in pieces. It was allowed when it was opened; whoever knows its token, and comes through the same
/// listener, may go on with it for as long as the policy allows it.
/// </summary>
#pragma warning disable CA1001 // What it owns ends with Close or with the commit; a grant that is disposed of ends with its call.
internal sealed class Upload : IGrant, IOngoing
#pragma warning restore CA1001
{
    private readonly Lock _gate = new();
    private readonly NewFileAttributes _attributes;
    private readonly VersionCondition? _expected;
    private readonly long? _size;
    private readonly long _maxBytes;
    private readonly ContentHash _hash;
    private volatile NewFile? _file;
    private volatile Task<FileUploadCommitResult>? _commit;
    private volatile Failure? _withdrawal;
    private long _offset;
    private SessionOrder _asked;
    private (long Size, string? Sha256) _committed;
    private bool _hasRemains;

    /// <summary>Begins it.</summary>
    /// <param name="token">Its name for the host.</param>
    /// <param name="origin">What opened it, and the policy's word on it.</param>
    /// <param name="path">The real path that the file will have.</param>
    /// <param name="file">The file; the upload's to dispose.</param>
    /// <param name="attributes">What it will have when it appears.</param>
    /// <param name="size">How long it will be; null when that is not known yet.</param>
    /// <param name="maxBytes">How long it may be.</param>
    /// <param name="sparse">Whether pieces may have holes behind them.</param>
    /// <param name="expected">What is to be in its place until then; null for whatever there is.</param>
    public Upload(
        string token,
        Origin origin,
        string path,
        NewFile file,
        NewFileAttributes attributes,
        long? size,
        long maxBytes,
        bool sparse,
        VersionCondition? expected = null)
    {
        _expected = expected;
        _hash = new ContentHash(inBlocks: sparse);
        IsSparse = sparse;
        Device = file.Device;
        Token = token;
        Origin = origin;
        Path = path;
        _file = file;
        _attributes = attributes;
        _size = size;
        _maxBytes = maxBytes;
    }

    /// <summary>Its name for the host.</summary>
    public string Token { get; }

    /// <summary>What opened it.</summary>
    public Origin Origin { get; }

    /// <inheritdoc/>
    public string Operation => Origin.Operation;

    /// <inheritdoc/>
    public Caller Caller => Origin.Caller;

    /// <inheritdoc/>
    public CallId Id => Origin.Id;

    /// <summary>The real path that the file will have.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public string Subject => Path;

    /// <inheritdoc/>
    public string? Rule => null;

    /// <summary>True when its file has holes.</summary>
    public bool IsSparse { get; }

    /// <summary>How long the file will be; null when that is not known.</summary>
    public long? Size => _size;

    /// <summary>The file system that it is on.</summary>
    public ulong Device { get; }

    /// <summary>When it was used last, on the clock of <see cref="Uploads"/> and under its lock.</summary>
    public long LastUse { get; set; }

    /// <summary>The session of the host that used it last, and what that keeps for it; under the lock of <see cref="Uploads"/>.</summary>
    public (ISession Session, IDisposable Kept)? Host { get; set; }

    /// <summary>True when the host that used it last has gone; likewise.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>Where the next piece goes.</summary>
    public long Offset => Volatile.Read(ref _offset);

    /// <summary>True while it takes pieces.</summary>
    public bool IsOpen => _commit is null && _file is not null;

    /// <summary>True while its file is on the way to its place, which may take minutes.</summary>
    public bool IsCommitting => _commit is { IsCompleted: false };

    /// <summary>Whether its file is in its place.</summary>
    public UploadState State => _commit is { IsCompletedSuccessfully: true } ? UploadState.Committed : UploadState.Open;

    /// <summary>
    /// Tells how far it is, and keeps that true for the session that asks: no session before it adds anything any more, whatever
    /// of it is still being read. A piece that is being written is waited for.
    /// </summary>
    /// <param name="session">The session that asks.</param>
    public (UploadState State, long Offset) TakeOver(SessionOrder session)
    {
        lock (_gate)
        {
            if (_asked.IsBefore(session))
            {
                _asked = session;
            }

            return (State, _offset);
        }
    }

    /// <summary>True when a later session than this one goes on with it.</summary>
    public bool IsTakenFrom(SessionOrder session)
    {
        lock (_gate)
        {
            return session.IsBefore(_asked);
        }
    }

    /// <summary>Adds a piece.</summary>
    /// <param name="session">The session that it comes from.</param>
    /// <param name="offset">Where it goes; must be <see cref="Offset"/>.</param>
    /// <param name="bytes">The piece.</param>
    /// <param name="hole">How long the hole behind it is.</param>
    /// <returns>Where the next one goes.</returns>
    /// <exception cref="OperationException">It does not go there, or is too long, or a later session goes on.</exception>
    /// <exception cref="LinuxException">It could not be written; the offset is what it was.</exception>
    public long Write(SessionOrder session, long offset, ReadOnlySpan<byte> bytes, long hole = 0)
    {
        // One piece after the other, whatever connections they come from.
        lock (_gate)
        {
            NewFile file = _commit is null && _file is { } open ? open : throw Closed();
            RequireNotTakenFrom(session);
            if (offset != _offset)
            {
                throw new OperationException(
                    ErrorCode.InvalidParameters,
                    $"The next piece goes to {_offset}.",
                    new ErrorDetail("offset", "offset", _offset));
            }

            long limit = _size ?? _maxBytes;
            if (bytes.Length > limit - offset || hole > limit - offset - bytes.Length)
            {
                throw new OperationException(
                    ErrorCode.TooLarge,
                    _size is null ? "The file is longer than an upload may be." : "The file is longer than was said.",
                    new ErrorDetail(
                        _size is null ? "limits.max_upload_bytes" : "size_bytes",
                        bytes.Length > limit - offset ? "data" : "hole_bytes",
                        limit));
            }

            try
            {
                file.Write(bytes, offset);
            }
            catch (LinuxException)
            {
                _hasRemains = true;
                throw;
            }

            if (_hasRemains && hole > 0)
            {
                // Of a piece that found no room something may lie where nothing is to be.
                file.CutOff(offset + bytes.Length);
                _hasRemains = false;
            }

            _hash.Add(bytes);
            _hash.AddZeros(hole);
            Volatile.Write(ref _offset, offset + bytes.Length + hole);
            return _offset;
        }
    }

    /// <summary>Ends it, or says how it has ended. Goes on when nobody waits for it any more.</summary>
    /// <param name="session">The session that asks for it.</param>
    /// <param name="size">Size of the whole file.</param>
    /// <param name="sha256">Hash of the whole file, in small digits; null for any.</param>
    /// <exception cref="OperationException">Not all has come yet, it is another file than that, or a later session goes on.</exception>
    public Task<FileUploadCommitResult> CommitAsync(SessionOrder session, long size, string? sha256)
    {
        lock (_gate)
        {
            if (_commit is null)
            {
                NewFile file = _file ?? throw Closed();
                RequireNotTakenFrom(session);
                RequireSize(size, _offset, $"{_offset} bytes have come.");
                _committed = (size, sha256);
                _commit = Task.Run(() => Publish(file, sha256));
            }

            // Asked again: the answer is that of the same file, and must not seem to be one of another.
            RequireSize(size, _committed.Size, $"The upload was committed with {_committed.Size} bytes.");
            return sha256 is null || sha256 == _committed.Sha256 ? _commit
                : _committed.Sha256 is { } other ? throw CommittedWith(other)
                : RequireHashAsync(_commit, sha256);
        }
    }

    /// <inheritdoc/>
    public void Reauthorise() => Origin.Reauthorise();

    /// <inheritdoc/>
    public bool Withdraw(Failure refusal)
    {
        bool dropped = Close();
        _withdrawal = dropped ? refusal : _withdrawal;
        return dropped;
    }

    /// <summary>Refuses when the policy has ended it.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.PermissionDenied"/>.</exception>
    public void RequireAllowed()
    {
        if (_withdrawal is { } refusal)
        {
            throw new OperationException(refusal.Code, refusal.Message, refusal.Detail! with { Field = "token" });
        }
    }

    /// <summary>Drops what has come.</summary>
    /// <returns>False when there was nothing to drop: the file is in its place, or about to be.</returns>
    public bool Close()
    {
        lock (_gate)
        {
            if (_commit is not null || _file is null)
            {
                return false;
            }

            _file.Dispose();
            _file = null;
            _hash.Dispose();
            return true;
        }
    }

    private static OperationException CommittedWith(string sha256) => new(
        ErrorCode.InvalidParameters, $"The upload was committed with the SHA-256 {sha256}.", new ErrorDetail("sha256", "sha256"));

    // Committed without one: what the file has is known when it is in its place.
    private static async Task<FileUploadCommitResult> RequireHashAsync(Task<FileUploadCommitResult> commit, string sha256)
    {
        FileUploadCommitResult done = await commit;
        return done.Sha256 == sha256 ? done : throw CommittedWith(done.Sha256);
    }

    private static void RequireSize(long size, long right, string message)
    {
        if (size != right)
        {
            throw new OperationException(
                ErrorCode.InvalidParameters, message, new ErrorDetail("size_bytes", "size_bytes", right));
        }
    }

    private void RequireNotTakenFrom(SessionOrder session)
    {
        if (session.IsBefore(_asked))
        {
            throw new OperationException(
                ErrorCode.Conflict,
                "A later session has asked how far the upload is, and goes on with it.",
                new ErrorDetail("later_session", "token"));
        }
    }

    private FileUploadCommitResult Publish(NewFile file, string? wanted)
    {
        using (_hash)
        using (file)
        {
            string sha256 = _hash.FinishText();
            if (wanted is not null && sha256 != wanted)
            {
                throw new OperationException(
                    ErrorCode.InvalidParameters,
                    $"The file has the SHA-256 {sha256}; it is dropped.",
                    new ErrorDetail("sha256", "sha256"));
            }

            // Part of a piece that found no room, and what is left of the room that was set aside; or a hole at the end is made.
            file.CutOff(_offset);
            bool replaced = file.Publish(_attributes, expected: _expected);
            return new FileUploadCommitResult(_offset, Path, sha256) { HasReplaced = replaced, Version = file.Version };
        }
    }

    private OperationException Closed() => _withdrawal is { } refusal
        ? new OperationException(refusal.Code, refusal.Message, refusal.Detail)
        : new OperationException(ErrorCode.NotFound, "The upload has ended.", new ErrorDetail("upload", "token"));
}
