namespace GuestAgent.Host;

/// <summary>
/// How a <see cref="GuestClient"/> comes back after its connection was lost or its agent restarted. The delay before an
/// attempt doubles from one to the next. Every value is checked where it is set and throws
/// <see cref="ArgumentOutOfRangeException"/> outside its range.
/// </summary>
public sealed record ReconnectOptions
{
    private const double Growth = 2;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Delay before the first attempt; above 0, up to a day. 100 ms by default.</summary>
    public TimeSpan InitialDelay { get; init => field = Check(value, nameof(InitialDelay)); } =
        TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Longest delay before an attempt; above 0, up to a day. 5 s by default. A connection that has lasted for that long
    /// begins anew with <see cref="InitialDelay"/> when it is lost.
    /// </summary>
    public TimeSpan MaxDelay { get; init => field = Check(value, nameof(MaxDelay)); } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Share of each delay that is left to chance, 0 to 1, so that the clients of a host that comes back do not all come at
    /// once. 0.5 by default: each delay is between a half and the whole.
    /// </summary>
    public double Jitter
    {
        get;
        init => field = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Jitter), value, "must be 0 to 1");
    } = 0.5;

    /// <summary>
    /// How long after the loss the client gives up and is closed for good; above 0, up to a day, or
    /// <see cref="Timeout.InfiniteTimeSpan"/>, the default: it tries until it is disposed.
    /// </summary>
    public TimeSpan GiveUpAfter
    {
        get;
        init => field = value == Timeout.InfiniteTimeSpan ? value : Check(value, nameof(GiveUpAfter));
    } = Timeout.InfiniteTimeSpan;

    /// <summary>The delay before an attempt.</summary>
    /// <param name="attempt">Which one, from 1.</param>
    /// <param name="chance">A random number, 0 to 1.</param>
    internal TimeSpan DelayBefore(int attempt, double chance)
    {
        // Beyond the exponent every delay is the longest one, and no number overflows.
        double grown = InitialDelay.TotalSeconds * Math.Pow(Growth, Math.Min(attempt - 1, 64));
        return TimeSpan.FromSeconds(Math.Min(grown, MaxDelay.TotalSeconds) * (1 - (Jitter * chance)));
    }

    private static TimeSpan Check(TimeSpan value, string option) => value > TimeSpan.Zero && value <= Longest
        ? value
        : throw new ArgumentOutOfRangeException(option, value, "must be above 0 and at most a day");
}
