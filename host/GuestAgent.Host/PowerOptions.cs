namespace GuestAgent.Host;

/// <summary>When and how a guest goes down.</summary>
public sealed record PowerOptions
{
    /// <summary>At once.</summary>
    public static readonly PowerOptions Now = new() { Delay = TimeSpan.Zero };

    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(1);

    /// <summary>
    /// How long the agent waits before it begins, 0 to a day; 60 s by default, time for people to save their work. The
    /// agent counts it by itself, whether or not this host stays connected.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public TimeSpan Delay
    {
        get;
        init => field = value >= TimeSpan.Zero && value <= MaxDelay
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Delay), value, "must be 0 to a day");
    } = TimeSpan.FromSeconds(60);

    /// <summary>True does not wait for services to stop; file systems are synchronised all the same.</summary>
    public bool Force { get; init; }

    /// <summary>A line for the users that are logged in and for the log, at most 1024 characters; none by default.</summary>
    public string? Message { get; init; }
}
