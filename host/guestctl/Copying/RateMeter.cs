namespace GuestAgent.Cli.Copying;

/// <summary>The rate of the last seconds: what is newer counts more.</summary>
internal sealed class RateMeter
{
    // After this time a former rate counts for about a third.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(3);

    private TimeSpan _at;
    private long _bytes;
    private double? _rate;

    /// <summary>Bytes per second, at a moment.</summary>
    /// <param name="bytes">Bytes so far.</param>
    /// <param name="elapsed">Time since the beginning; not before that of an earlier call.</param>
    public double At(long bytes, TimeSpan elapsed)
    {
        double seconds = (elapsed - _at).TotalSeconds;
        if (seconds > 0)
        {
            double now = (bytes - _bytes) / seconds;
            double weight = _rate is null ? 1 : 1 - Math.Exp(-seconds / Memory.TotalSeconds);
            _rate = ((1 - weight) * (_rate ?? 0)) + (weight * now);
            (_at, _bytes) = (elapsed, bytes);
        }

        return Math.Max(0, _rate ?? 0);
    }
}
