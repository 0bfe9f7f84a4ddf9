namespace GuestAgent.Sessions;

/// <summary>What lasts longer than a call, and ends with its session at the latest.</summary>
internal sealed class SessionLifetime
{
    private readonly Lock _gate = new();
    private readonly List<Lasting> _lasting = [];
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isOver;

    /// <summary>True when it has ended.</summary>
    public bool IsOver => _isOver;

    /// <summary>Completes when it has ended.</summary>
    public Task Over => _over.Task;

    /// <summary>Has something end with it, at once if it has ended.</summary>
    public void Keep(IDisposable lasting)
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _lasting.Add(new Lasting(lasting, Environment.TickCount64));
                return;
            }
        }

        lasting.Dispose();
    }

    /// <summary>Forgets what has ended by itself.</summary>
    public void Release(IDisposable lasting)
    {
        lock (_gate)
        {
            _lasting.RemoveAll(kept => kept.Thing == lasting);
        }
    }

    /// <summary>Ends what has been kept for longer than <paramref name="age"/>.</summary>
    public void EndOlderThan(TimeSpan age) => EndKeptBefore(Environment.TickCount64 - (long)age.TotalMilliseconds);

    /// <summary>Notes that it is over. What is kept is ended by <see cref="EndAll"/>, when calls have been cancelled.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        _over.TrySetResult();
    }

    /// <summary>Ends all that is kept.</summary>
    public void EndAll() => EndKeptBefore(long.MaxValue);

    private void EndKeptBefore(long moment)
    {
        Lasting[] old;
        lock (_gate)
        {
            old = [.. _lasting.Where(kept => kept.Since < moment)];
        }

        foreach (Lasting kept in old)
        {
            Release(kept.Thing);
            kept.Thing.Dispose();
        }
    }

    private sealed record Lasting(IDisposable Thing, long Since);
}
