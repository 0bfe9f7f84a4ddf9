using System.Text.Json;

namespace GuestAgent.Tests.Vm.Lab;

/// <summary>Keeps the events of QEMU in order and lets tests wait for one that comes after a known position.</summary>
public sealed class QmpEventLog
{
    private readonly Lock _lock = new();
    private readonly List<QmpEvent> _events = [];
    private TaskCompletionSource _changed = NewSignal();
    private Exception? _end;

    /// <summary>Gets the number of events so far: taken before an action, it is the position to wait from.</summary>
    public int Position
    {
        get
        {
            lock (_lock)
            {
                return _events.Count;
            }
        }
    }

    public Task<QmpEvent> WaitAsync(
        string name,
        Func<JsonElement, bool> match,
        int from,
        TimeSpan limit,
        CancellationToken cancellationToken)
        => Bounded.RunAsync(
            token => FindAsync(e => e.Name == name && match(e.Data), from, token),
            limit,
            $"event {name}",
            cancellationToken);

    internal void Add(QmpEvent item)
    {
        lock (_lock)
        {
            _events.Add(item);
            Signal();
        }
    }

    internal void End(Exception reason)
    {
        lock (_lock)
        {
            _end = reason;
            Signal();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<QmpEvent> FindAsync(
        Predicate<QmpEvent> match, int position, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                int index = _events.FindIndex(position, match);
                if (index >= 0)
                {
                    return _events[index];
                }

                if (_end is not null)
                {
                    throw new IOException("no more events", _end);
                }

                position = _events.Count;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private void Signal()
    {
        _changed.SetResult();
        _changed = NewSignal();
    }
}
