using System.Runtime.CompilerServices;

namespace GuestAgent.Host;

/// <summary>
/// How often a guest is dialled whose agent may still be starting: nobody listens on its port yet, the VMM's socket is
/// not there yet, or the kernel of a guest that boots does not answer on vsock yet, which is also why a VMM says nothing.
/// Every value is checked where it is set and throws <see cref="ArgumentOutOfRangeException"/> outside its range. Applies to
/// vsock and hybrid endpoints; a plain Unix socket is dialled once.
/// </summary>
public sealed record DialRetry
{
    /// <summary>All defaults: five attempts within a second and a half.</summary>
    public static readonly DialRetry Default = new();

    /// <summary>One attempt.</summary>
    public static readonly DialRetry None = new() { Attempts = 1 };

    private static readonly TimeSpan MaxPause = TimeSpan.FromHours(1);

    /// <summary>How often to dial; 1 to 10000. 5 by default.</summary>
    public int Attempts { get; init => field = value is >= 1 and <= 10_000 ? value : throw Range(value); } = 5;

    /// <summary>Pause after the first attempt, doubled after each further one; 1 ms to an hour. 100 ms by default.</summary>
    public TimeSpan FirstPause { get; init => field = Pause(value); } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause; 1 ms to an hour. 5 s by default.</summary>
    public TimeSpan LongestPause { get; init => field = Pause(value); } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Random part of each pause, 0 to 1; it makes the pause shorter. 0.2 by default, so that guests that were started
    /// together are not dialled together.
    /// </summary>
    public double Jitter { get; init => field = value is >= 0 and <= 1 ? value : throw Range(value); } = 0.2;

    /// <summary>The pause behind an attempt.</summary>
    /// <param name="attempt">Its number, from 1.</param>
    internal TimeSpan PauseAfter(int attempt)
    {
        // 2^40 of the shortest pause is beyond the longest.
        TimeSpan pause = TimeSpan.FromMilliseconds(
            Math.Min(FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 40)), LongestPause.TotalMilliseconds));
#pragma warning disable CA5394 // Nobody gains anything by guessing the pause.
        return pause * (1 - (Jitter * Random.Shared.NextDouble()));
#pragma warning restore CA5394
    }

    private static TimeSpan Pause(TimeSpan value, [CallerMemberName] string? option = null) =>
        value >= TimeSpan.FromMilliseconds(1) && value <= MaxPause ? value : throw Range(value, option);

    private static ArgumentOutOfRangeException Range(object value, [CallerMemberName] string? option = null) =>
        new(option, value, "is out of its range");
}
