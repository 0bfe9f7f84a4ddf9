namespace GuestAgent.Dispatch;

/// <summary>Calls that repeat one that was recorded, counted until they are recorded together.</summary>
/// <param name="who">Operation, listener and peer.</param>
/// <param name="what">Decision, outcome, rule and subject.</param>
/// <param name="isRefusal">Whether they were not granted.</param>
/// <param name="start">When it began, on the monotonic clock.</param>
internal sealed class AuditSeries(string who, string what, bool isRefusal, long start)
{
    private long _count;
    private long _bytes;
    private long _milliseconds;

    /// <summary>Whether its calls were not granted.</summary>
    public bool IsRefusal => isRefusal;

    /// <summary>Since when it counts.</summary>
    public long Start { get; private set; } = start;

    /// <summary>Counts a call.</summary>
    public void Add(long bytes, long milliseconds)
    {
        _count++;
        _bytes += bytes;
        _milliseconds += milliseconds;
    }

    /// <summary>The record of what was counted, which counts from nothing again; null when nothing was.</summary>
    /// <param name="now">From when on it counts again.</param>
    public string? Take(long now)
    {
        Start = now;
        if (_count == 0)
        {
            return null;
        }

        string text = $"{who} repeats={_count} {what} bytes={_bytes} ms={_milliseconds}";
        (_count, _bytes, _milliseconds) = (0, 0, 0);
        return text;
    }
}
