namespace GuestAgent.Dispatch;

/// <summary>
/// Sums up records that repeat: the first is written at once, those that follow are counted and written together every
/// <see cref="Window"/> and when the agent stops. While nothing is counted there is no timer.
/// </summary>
/// <param name="write">Takes a record of what was granted.</param>
/// <param name="writeRefusal">Takes a record of what was not.</param>
/// <param name="clock">Measures the window.</param>
#pragma warning disable CA1001 // The timer is disposed by Close.
internal sealed class AuditDigest(Action<string> write, Action<string> writeRefusal, TimeProvider clock)
#pragma warning restore CA1001
{
    /// <summary>The longest that a counted call waits for its record.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    // Bounds the memory: a path is 4 KiB at most. The oldest goes when one more begins.
    private const int MostSeries = 64;

    // Enough to see what a mistaken host tries; a hostile one would write as many lines as it finds paths.
    private const int MostRefusals = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, AuditSeries> _series = new(StringComparer.Ordinal);
    private ITimer? _timer;
    private bool _closed;

    /// <summary>Records a call, now or together with others.</summary>
    /// <param name="line">What it says; equal lines are summed up.</param>
    /// <param name="id">The call's id.</param>
    /// <param name="bytes">File content that it moved.</param>
    /// <param name="milliseconds">How long it took.</param>
    public void Add(in AuditLine line, string id, long bytes, long milliseconds)
    {
        List<AuditText> records = [];
        lock (_gate)
        {
            if (_closed || !TryCount(line, bytes, milliseconds, records))
            {
                records.Add(new AuditText(line.Of(id, bytes, milliseconds), line.Flood is not null));
            }
        }

        WriteAll(records);
    }

    /// <summary>Writes what is counted and counts no more.</summary>
    public void Close()
    {
        List<AuditText> records = [];
        lock (_gate)
        {
            _closed = true;
            _timer?.Dispose();
            _timer = null;
            foreach (AuditSeries series in _series.Values)
            {
                Take(series, records);
            }

            _series.Clear();
        }

        WriteAll(records);
    }

    // False when it is the first of a series, which is recorded itself.
    private bool TryCount(in AuditLine line, long bytes, long milliseconds, List<AuditText> records)
    {
        string key = $"{line.Who} {line.What}";
        if (_series.TryGetValue(key, out AuditSeries? series))
        {
            series.Add(bytes, milliseconds);
            return true;
        }

        if (line.Flood is { } flood && _series.Values.Count(known => known.IsRefusal) >= MostRefusals)
        {
            if (!_series.TryGetValue(flood, out series))
            {
                series = Begin(
                    flood, $"op=* {flood} peer=*", "decision=denied,invalid outcome=* rule=* subject=\"*\"", true, records);
            }

            series.Add(bytes, milliseconds);
            return true;
        }

        Begin(key, line.Who, line.What, line.Flood is not null, records);
        return false;
    }

    private AuditSeries Begin(string key, string who, string what, bool isRefusal, List<AuditText> records)
    {
        if (_series.Count >= MostSeries)
        {
            string oldest = Oldest();
            Take(_series[oldest], records);
            _series.Remove(oldest);
        }

        if (_series.Count == 0)
        {
            Arm(Window);
        }

        var begun = new AuditSeries(who, what, isRefusal, clock.GetTimestamp());
        _series.Add(key, begun);
        return begun;
    }

    private string Oldest()
    {
        string oldest = "";
        long start = long.MaxValue;
        foreach ((string key, AuditSeries series) in _series)
        {
            if (series.Start < start)
            {
                (oldest, start) = (key, series.Start);
            }
        }

        return oldest;
    }

    private void OnTimer(object? state)
    {
        List<AuditText> records = [];
        lock (_gate)
        {
            TimeSpan next = Window;
            foreach ((string key, AuditSeries series) in _series)
            {
                TimeSpan left = Window - clock.GetElapsedTime(series.Start);
                if (left <= TimeSpan.Zero)
                {
                    // It goes on as long as it repeats, and is over when it has not.
                    if (!Take(series, records))
                    {
                        _series.Remove(key);
                    }
                }
                else if (left < next)
                {
                    next = left;
                }
            }

            if (_series.Count > 0)
            {
                Arm(next);
            }
        }

        WriteAll(records);
    }

    private void Arm(TimeSpan time)
    {
        _timer ??= clock.CreateTimer(OnTimer, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(time, Timeout.InfiniteTimeSpan);
    }

    private bool Take(AuditSeries series, List<AuditText> records)
    {
        if (series.Take(clock.GetTimestamp()) is not { } record)
        {
            return false;
        }

        records.Add(new AuditText(record, series.IsRefusal));
        return true;
    }

    private void WriteAll(List<AuditText> records)
    {
        foreach (AuditText record in records)
        {
            (record.IsRefusal ? writeRefusal : write)(record.Text);
        }
    }

    private readonly record struct AuditText(string Text, bool IsRefusal);
}
