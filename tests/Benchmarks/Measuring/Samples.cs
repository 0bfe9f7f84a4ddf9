using System.Diagnostics;

namespace GuestAgent.Benchmarks.Measuring;

/// <summary>Collects durations and tells their percentiles.</summary>
internal sealed class Samples(int capacity)
{
    private readonly List<long> _ticks = new(capacity);

    public int Count => _ticks.Count;

    public TimeSpan Median => Percentile(50);

    public TimeSpan P95 => Percentile(95);

    public TimeSpan P99 => Percentile(99);

    public TimeSpan Longest => Percentile(100);

    /// <summary>Times <paramref name="action"/> <paramref name="count"/> times.</summary>
    public static Samples Take(int count, Action action)
    {
        Samples samples = new(count);
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            samples.AddSince(start);
        }

        return samples;
    }

    /// <summary>Adds the time that has passed since a <see cref="Stopwatch"/> timestamp.</summary>
    public void AddSince(long timestamp) => _ticks.Add(Stopwatch.GetTimestamp() - timestamp);

    /// <summary>Adds a time that was measured elsewhere.</summary>
    public void Add(TimeSpan time) => _ticks.Add((long)(time.TotalSeconds * Stopwatch.Frequency));

    public void Add(Samples others) => _ticks.AddRange(others._ticks);

    /// <summary>The smallest sample that is not exceeded by <paramref name="percent"/> of all (nearest rank).</summary>
    private TimeSpan Percentile(int percent)
    {
        long[] sorted = [.. _ticks.Order()];
        int rank = (int)Math.Ceiling(sorted.Length * percent / 100.0);
        return Stopwatch.GetElapsedTime(0, sorted[Math.Max(rank, 1) - 1]);
    }
}
