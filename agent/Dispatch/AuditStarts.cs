namespace GuestAgent.Dispatch;

/// <summary>
/// Records calls before they start, so that one that ends the agent or the guest has left its record. What repeats soon has
/// records for several calls, which tell beforehand how many at most: a start never waits for being summed up, as it may be the
/// last thing that the agent does, and a host that runs thousands of commands does not fill the log. No timer.
/// </summary>
/// <param name="write">Takes a record; when it returns, the record is out of the agent's hands.</param>
/// <param name="clock">Measures how long a record holds.</param>
internal sealed class AuditStarts(Action<string> write, TimeProvider clock)
{
    /// <summary>How long a record of several calls holds.</summary>
    public static readonly TimeSpan Window = AuditDigest.Window;

    // Bounds the memory. The oldest goes when one more begins, which costs no record, only more of them.
    private const int MostSeries = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, StartSeries> _series = new(StringComparer.Ordinal);

    /// <summary>Records that a call is about to start, unless a record tells of it already.</summary>
    /// <param name="line">What the record says; equal lines repeat one another.</param>
    /// <param name="id">The call's id.</param>
    public void Add(in AuditLine line, string id)
    {
        string key = $"{line.Who} {line.What}";
        // Written within the lock: no call may start by a record that another one has not written yet.
        lock (_gate)
        {
            long calls = Find(key).Count(clock);
            if (calls == 1)
            {
                write(line.Of(id, 0, 0));
            }
            else if (calls > 1)
            {
                write((line with { What = $"covers={calls} {line.What}" }).Of(id, 0, 0));
            }
        }
    }

    private StartSeries Find(string key)
    {
        if (_series.TryGetValue(key, out StartSeries? series))
        {
            return series;
        }

        if (_series.Count >= MostSeries)
        {
            _series.Remove(Oldest());
        }

        series = new StartSeries(clock.GetTimestamp());
        _series.Add(key, series);
        return series;
    }

    private string Oldest()
    {
        string oldest = "";
        long start = long.MaxValue;
        foreach ((string key, StartSeries series) in _series)
        {
            if (series.Start < start)
            {
                (oldest, start) = (key, series.Start);
            }
        }

        return oldest;
    }
}
