using System.Threading.Tasks.Sources;

namespace GuestAgent.Linux.Io;

/// <summary>
/// Remembers the edges of one direction until its one waiter takes them, without an allocation per wait. As an edge is
/// kept when nobody waits, "try, and on EAGAIN wait" never sleeps through one; it may wake once too often instead.
/// </summary>
internal sealed class ReadinessEvent : IValueTaskSource<Readiness>
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<Readiness> _source;
    private CancellationTokenRegistration _cancellation;
    private Readiness _seen;
    private State _state;

    /// <param name="runsInline">True runs the waiter's code where the edge is recorded, with no lock held.</param>
    public ReadinessEvent(bool runsInline) => _source.RunContinuationsAsynchronously = !runsInline;

    private enum State
    {
        Idle,
        Waiting,
        Completed,
    }

    /// <summary>Takes what was seen since the last wait, or waits for the next edge.</summary>
    public ValueTask<Readiness> WaitAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Readiness>(cancellationToken);
        }

        short version;
        lock (_lock)
        {
            if (_state != State.Idle)
            {
                throw new InvalidOperationException("Only one wait per direction at a time.");
            }

            if (_seen != Readiness.None)
            {
                return new ValueTask<Readiness>(Take());
            }

            _source.Reset();
            version = _source.Version;
            _state = State.Waiting;
        }

        _cancellation = cancellationToken.UnsafeRegister(
            static (self, token) => ((ReadinessEvent)self!).Cancel(token), this);
        return new ValueTask<Readiness>(this, version);
    }

    /// <summary>Records an edge and completes the wait, if there is one.</summary>
    public void Set(Readiness readiness)
    {
        Readiness taken;
        lock (_lock)
        {
            _seen |= readiness;
            if (_state != State.Waiting)
            {
                return;
            }

            _state = State.Completed;
            taken = Take();
        }

        _source.SetResult(taken);
    }

    Readiness IValueTaskSource<Readiness>.GetResult(short token)
    {
        // Dispose, not Unregister: it waits out a callback under way, which could otherwise cancel the next wait.
        _cancellation.Dispose();
        _cancellation = default;
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            lock (_lock)
            {
                _state = State.Idle;
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<Readiness>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<Readiness>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_state != State.Waiting)
            {
                return;
            }

            _state = State.Completed;
        }

        _source.SetException(new OperationCanceledException(cancellationToken));
    }

    /// <summary>Removal is for ever, every other edge is news once.</summary>
    private Readiness Take()
    {
        Readiness taken = _seen;
        _seen &= Readiness.Removed;
        return taken;
    }
}
