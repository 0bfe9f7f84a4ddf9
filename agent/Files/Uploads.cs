using GuestAgent.Contracts.Files;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Settings;

namespace GuestAgent.Files;

/// <summary>
/// The uploads under way, and those that have ended lately, so that a host that has lost a reply can ask again. One timer
/// drops what is not used; it runs only while there is something to drop.
/// </summary>
internal sealed class Uploads : IOngoingSource, IDisposable
{
    /// <summary>An upload that is not used for that long is dropped.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(10);

    // Some hundred bytes each.
    private const int MaxRemembered = 1024;

    private readonly LiveSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Upload> _byToken = new(StringComparer.Ordinal);

    /// <summary>None yet.</summary>
    public Uploads(LiveSettings settings, TimeProvider clock)
    {
        _settings = settings;
        _clock = clock;
        _timer = clock.CreateTimer(_ => DropIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many there are, ended ones included.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _byToken.Count;
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<IOngoing> Now()
    {
        lock (_gate)
        {
            return [.. _byToken.Values.Where(upload => upload.IsOpen)];
        }
    }

    /// <summary>Begins one.</summary>
    /// <param name="origin">What opens it, and the policy's word on it.</param>
    /// <param name="path">The real path that the file will have.</param>
    /// <param name="file">The file; disposed with the upload, or when there is no place for it.</param>
    /// <param name="attributes">What it will have when it appears.</param>
    /// <param name="size">How long it will be; null when that is not known yet.</param>
    /// <param name="sparse">Whether pieces may have holes behind them.</param>
    /// <param name="expected">What is to be in its place until then; null for whatever there is.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.Busy"/>: there are too many.
    /// <see cref="ErrorCode.PermissionDenied"/>: it was allowed, and is not any more.</exception>
    public Upload Add(
        Origin origin,
        string path,
        NewFile file,
        NewFileAttributes attributes,
        long? size,
        bool sparse = false,
        VersionCondition? expected = null)
    {
        LimitSettings limits = _settings.Current.Limits;
        var upload = new Upload(RandomText.Create(), origin, path, file, attributes, size, limits.MaxUploadBytes, sparse, expected);
        DropAbandoned(limits.MaxUploads);
        if (!TryKeep(upload, limits.MaxUploads))
        {
            upload.Close();
            throw new OperationException(
                ErrorCode.Busy, "Too many uploads are open.", new ErrorDetail("limits.max_uploads", Limit: limits.MaxUploads));
        }

        try
        {
            // Settings that have come into force since it was allowed may have been reviewed before it was known here.
            PolicyReview.Require(upload);
            return upload;
        }
        catch
        {
            Cancel(upload);
            throw;
        }
    }

    /// <summary>
    /// Notes which host uses it. When that one has gone, the upload still waits for it, or another that knows the token, but its
    /// place is no longer kept from others.
    /// </summary>
    public void Attend(Upload upload, CallContext context)
    {
        var use = new Use(this, upload, context.Session);
        lock (_gate)
        {
            upload.IsAbandoned = false;
            if (ReferenceEquals(upload.Host?.Session, context.Session))
            {
                return;
            }

            upload.Host = (context.Session, use);
        }

        // Not under the lock: a host that has gone already ends its use at once.
        context.Session.Keep(use);
    }

    /// <summary>Finds one for a call, which counts as use.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.NotFound"/>: there is none, or it came through another
    /// listener. <see cref="ErrorCode.PermissionDenied"/>: the policy has ended it.</exception>
    public Upload Find(string token, CallContext context)
    {
        Upload? upload;
        bool isAttended;
        lock (_gate)
        {
            upload = _byToken.GetValueOrDefault(token);
            if (upload is null || upload.Caller.Listener != context.Caller.Listener)
            {
                throw Unknown();
            }

            upload.RequireAllowed();
            upload.LastUse = _clock.GetTimestamp();
            isAttended = !upload.IsOpen || ReferenceEquals(upload.Host?.Session, context.Session);
        }

        // What a session still wants that another one has taken the place of is no use by a host.
        if (!isAttended && !upload.IsTakenFrom(context.Session.Order))
        {
            Attend(upload, context);
        }

        return upload;
    }

    /// <summary>
    /// The open ones that came through the caller's listener from his like. What another host uses just now has no token for him: two
    /// that write the same one would spoil it.
    /// </summary>
    public UploadList List(CallContext context)
    {
        lock (_gate)
        {
            long now = _clock.GetTimestamp();
            return new UploadList([.. _byToken.Values
                .Where(upload => upload.IsOpen && upload.Caller.Listener == context.Caller.Listener && upload.Caller.Peer == context.Caller.Peer)
                .OrderBy(upload => upload.Path, StringComparer.Ordinal)
                .Select(upload => Entry(upload, context.Session, IdleTime - _clock.GetElapsedTime(upload.LastUse, now)))]);
        }
    }

    /// <summary>
    /// Makes room on a file system that is full: drops the upload on it whose host has gone, and that was used longest ago.
    /// </summary>
    /// <param name="device">The file system.</param>
    /// <returns>False when there is none.</returns>
    public bool TryMakeRoom(ulong device)
    {
        Upload? abandoned;
        lock (_gate)
        {
            abandoned = _byToken.Values
                .Where(upload => upload.IsOpen && upload.IsAbandoned && upload.Device == device)
                .MinBy(upload => upload.LastUse);
            if (abandoned is not null)
            {
                _byToken.Remove(abandoned.Token);
            }
        }

        return abandoned?.Close() == true;
    }

    private static UploadEntry Entry(Upload upload, ISession session, TimeSpan left)
    {
        bool isInUse = upload.Host is { } host && !ReferenceEquals(host.Session, session);
        return new UploadEntry(
            isInUse ? null : upload.Token,
            upload.Path,
            upload.Offset,
            upload.Size,
            upload.IsSparse,
            isInUse,
            (int)Math.Max(left.TotalSeconds, 0));
    }

    private static OperationException Unknown() => new(
        ErrorCode.NotFound, "There is no such upload.", new ErrorDetail("upload", "token"));

    /// <summary>Ends one; one that cannot be ended is dropped, unless more of it may come.</summary>
    /// <inheritdoc cref="Upload.CommitAsync"/>
    public async Task<FileUploadCommitResult> CommitAsync(Upload upload, SessionOrder session, long size, string? sha256)
    {
        Task<FileUploadCommitResult> commit = upload.CommitAsync(session, size, sha256);
        try
        {
            FileUploadCommitResult result = await commit;
            Settle(upload);
            return result;
        }
        catch
        {
            Remove(upload);
            throw;
        }
    }

    /// <summary>Drops one with what has come of it.</summary>
    /// <returns>False when its file is in its place already, or about to be.</returns>
    public bool Cancel(Upload upload)
    {
        bool dropped = upload.Close();
        if (dropped)
        {
            Remove(upload);
        }

        return dropped;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        Upload[] all;
        lock (_gate)
        {
            all = [.. _byToken.Values];
            _byToken.Clear();
        }

        Close(all);
    }

    private bool TryKeep(Upload upload, int most)
    {
        lock (_gate)
        {
            if (_byToken.Values.Count(other => other.IsOpen) >= most)
            {
                return false;
            }

            Forget();
            upload.LastUse = _clock.GetTimestamp();
            _byToken.Add(upload.Token, upload);
            if (_byToken.Count == 1)
            {
                _timer.Change(IdleTime, Timeout.InfiniteTimeSpan);
            }

            return true;
        }
    }

    private void Remove(Upload upload)
    {
        lock (_gate)
        {
            _byToken.Remove(upload.Token);
        }

        Settle(upload);
    }

    // The host's session has nothing to do with it any more.
    private void Settle(Upload upload)
    {
        (ISession Session, IDisposable Kept)? host;
        lock (_gate)
        {
            host = upload.Host;
            upload.Host = null;
        }

        host?.Session.Release(host.Value.Kept);
    }

    // Of those whose hosts have gone the one that was used longest ago, when another wants a place and there is none.
    private void DropAbandoned(int most)
    {
        Upload? abandoned = null;
        lock (_gate)
        {
            if (_byToken.Values.Count(other => other.IsOpen) >= most)
            {
                abandoned = _byToken.Values.Where(other => other.IsOpen && other.IsAbandoned).MinBy(other => other.LastUse);
                if (abandoned is not null)
                {
                    _byToken.Remove(abandoned.Token);
                }
            }
        }

        abandoned?.Close();
    }

    // Not under the lock: a disk may keep one of them busy.
    private static void Close(IEnumerable<Upload> uploads)
    {
        foreach (Upload upload in uploads)
        {
            upload.Close();
        }
    }

    // Makes room for one more by forgetting the ended one that was used longest ago.
    private void Forget()
    {
        if (_byToken.Count >= MaxRemembered + _settings.Current.Limits.MaxUploads)
        {
            _byToken.Remove(_byToken.Values.Where(upload => !upload.IsOpen).MinBy(upload => upload.LastUse)!.Token);
        }
    }

    /// <summary>The use of an upload by a host, which ends with its session.</summary>
    private sealed class Use(Uploads uploads, Upload upload, ISession session) : IDisposable
    {
        public void Dispose()
        {
            lock (uploads._gate)
            {
                if (ReferenceEquals(upload.Host?.Session, session))
                {
                    upload.Host = null;
                    upload.IsAbandoned = true;
                }
            }
        }
    }

    private void DropIdle()
    {
        List<Upload> idle = [];
        lock (_gate)
        {
            long now = _clock.GetTimestamp();
            TimeSpan next = IdleTime;
            foreach (Upload upload in _byToken.Values.ToArray())
            {
                upload.LastUse = upload.IsCommitting ? now : upload.LastUse;
                TimeSpan left = IdleTime - _clock.GetElapsedTime(upload.LastUse, now);
                if (left <= TimeSpan.Zero)
                {
                    idle.Add(upload);
                    _byToken.Remove(upload.Token);
                }
                else if (left < next)
                {
                    next = left;
                }
            }

            if (_byToken.Count > 0)
            {
                _timer.Change(next, Timeout.InfiniteTimeSpan);
            }
        }

        Close(idle);
    }
}
