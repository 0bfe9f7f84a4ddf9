namespace GuestAgent.Dispatch;

/// <summary>Starts of calls that repeat one another: how many have come lately, and how many the last record tells of.</summary>
/// <param name="start">When the first came, on the monotonic clock.</param>
internal sealed class StartSeries(long start)
{
    // What somebody does by hand, or a program now and then, has a record for each call.
    private const long MostAlone = 16;

    private long _count;
    private long _before;
    private long _left;

    /// <summary>Since when it counts.</summary>
    public long Start { get; private set; } = start;

    /// <summary>Counts a start.</summary>
    /// <param name="clock">Measures the window.</param>
    /// <returns>
    /// How many calls its record is to tell of, with this one the first; 0 when the last record tells of this one. As many
    /// as there have been, once there were some: that makes a few records of thousands of calls.
    /// </returns>
    public long Count(TimeProvider clock)
    {
        TimeSpan age = clock.GetElapsedTime(Start);
        if (age >= AuditStarts.Window)
        {
            (_before, _count, _left) = (age < 2 * AuditStarts.Window ? _count : 0, 0, 0);
            Start = clock.GetTimestamp();
        }

        long known = Math.Max(_count, _before);
        _count++;
        if (_left > 0)
        {
            _left--;
            return 0;
        }

        long calls = known < MostAlone ? 1 : known;
        _left = calls - 1;
        return calls;
    }
}
