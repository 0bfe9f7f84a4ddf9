namespace GuestAgent.Host.Sessions;

/// <summary>
/// A value and those that come after it. Whoever holds one can wait for the next and misses none; what nobody holds any
/// more is garbage.
/// </summary>
/// <param name="value">The value.</param>
internal sealed class Succession<T>(T value)
{
    private readonly TaskCompletionSource<Succession<T>> _next =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The value.</summary>
    public T Value => value;

    /// <summary>The one after it; faults when none comes.</summary>
    public Task<Succession<T>> Next => _next.Task;

    /// <summary>Appends the next value.</summary>
    public Succession<T> Append(T next)
    {
        var link = new Succession<T>(next);
        _next.SetResult(link);
        return link;
    }

    /// <summary>No further value will come.</summary>
    public void End(Exception reason)
    {
        _next.SetException(reason);

        // Looked at here, because nobody may wait.
        _ = _next.Task.Exception;
    }
}
