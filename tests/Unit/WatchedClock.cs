using GuestAgent.Tests.Unit.Linux;
using Microsoft.Extensions.Time.Testing;

namespace GuestAgent.Tests.Unit;

/// <summary>A clock that stands still until a test moves it, and tells what waits for it.</summary>
internal sealed class WatchedClock() : FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 4, 0, 3, TimeSpan.Zero))
{
    private readonly Lock _gate = new();
    private readonly Dictionary<WatchedTimer, DateTimeOffset> _due = [];
    private TaskCompletionSource _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True while a timer runs.</summary>
    public bool HasTimer
    {
        get
        {
            lock (_gate)
            {
                return _due.Count > 0;
            }
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(this);
        timer.Begin(base.CreateTimer(
            _ =>
            {
                Note(timer, Timeout.InfiniteTimeSpan);
                callback(state);
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan));
        timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        return timer;
    }

    /// <summary>Waits until something is due after exactly this time.</summary>
    public async Task WaitForTimerAsync(TimeSpan dueTime)
    {
        while (true)
        {
            Task armed;
            lock (_gate)
            {
                if (_due.ContainsValue(GetUtcNow() + dueTime))
                {
                    return;
                }

                armed = _armed.Task;
            }

            await armed.InTime();
        }
    }

    private void Note(WatchedTimer timer, TimeSpan dueTime)
    {
        lock (_gate)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                _due.Remove(timer);
                return;
            }

            _due[timer] = GetUtcNow() + dueTime;
            _armed.TrySetResult();
            _armed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    // Once, as all that is tested starts its timers anew each time.
    private sealed class WatchedTimer(WatchedClock clock) : ITimer
    {
        private ITimer? _timer;

        public void Begin(ITimer timer) => _timer = timer;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Note(this, dueTime);
            return _timer!.Change(dueTime, Timeout.InfiniteTimeSpan);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
