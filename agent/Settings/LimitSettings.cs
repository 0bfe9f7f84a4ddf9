using System.Text.Json.Serialization;
using GuestAgent.Framing;
using GuestAgent.Memory;

namespace GuestAgent.Settings;

/// <summary>How much hosts may ask for. Each default says why.</summary>
/// <param name="MaxConnections">
/// Most connections at once, all listeners together: 128; each may hold one message that is not complete yet.
/// </param>
/// <param name="MaxMessageBytes">Longest message in bytes, 4 KiB to 64 MiB.</param>
/// <param name="MaxConcurrentRequests">
/// Most requests in flight on one connection: 64, so that some dozens of commands leave room for pings.
/// </param>
/// <param name="MaxConcurrentCommands">
/// Most commands running at once: 32, since each may hold two pipes and its output in memory.
/// </param>
/// <param name="MaxCommandSeconds">
/// Longest time limit of a command in seconds: 300, as the hosts of the replaced systems know it; 0 for none. A rule may have a
/// lower one, or say 0.
/// </param>
/// <param name="MaxOutputBytes">
/// Most bytes kept of each output: 1 MiB, or as much as a result of <see cref="MaxMessageBytes"/> holds; longer output is for
/// streaming.
/// </param>
/// <param name="KillGraceSeconds">
/// Seconds between SIGTERM and SIGKILL when a command is ended: 2, enough to write a last line.
/// </param>
/// <param name="DrainSeconds">
/// Seconds that running requests get to finish when the agent is stopped: 3, far below the 90 that systemd waits.
/// </param>
/// <param name="MaxUnreadReplyBytes">
/// Bytes of replies that may wait for a host that does not read: 8 MiB, some ten thousand small replies. When more wait,
/// the connection ends.
/// </param>
/// <param name="MaxFileBytes">
/// Most bytes of a file in one <c>file_read</c> or <c>file_write</c>: 10 MiB, as the hosts of the replaced systems know it,
/// and as base64 within a message.
/// </param>
/// <param name="MaxUploads">Most uploads open at once: 16; each keeps a file and a directory open.</param>
/// <param name="MaxUploadBytes">Longest upload: 16 GiB, far beyond what one sends through such a channel.</param>
/// <param name="MaxForwards">
/// Most forwarded connections and listeners at once: 128, as of clients of a small server; each keeps a socket open and up to a
/// message on its way.
/// </param>
/// <param name="MaxRequestsPerSecond">
/// Requests per second on one connection, 0.1 to 1000000, and as many at once: no limit by default, as the owner of the
/// guest asks and the other limits bound what he can tie up. For listeners that others can reach.
/// </param>
/// <param name="MaxMemoryBytes">
/// Most memory in bytes that all hosts together may make the agent hold: a quarter of the guest's by default, at most
/// 256 MiB.
/// </param>
internal sealed record LimitSettings(
    int MaxConnections = 128,
    int MaxMessageBytes = FrameLimits.DefaultMaxMessageBytes,
    int MaxConcurrentRequests = 64,
    int MaxConcurrentCommands = 32,
    double MaxCommandSeconds = 300,
    int MaxOutputBytes = 1024 * 1024,
    double KillGraceSeconds = 2,
    double DrainSeconds = 3,
    int MaxUnreadReplyBytes = 8 * 1024 * 1024,
    int MaxFileBytes = 10 * 1024 * 1024,
    int MaxUploads = 16,
    long MaxUploadBytes = 16L * 1024 * 1024 * 1024,
    int MaxForwards = 128,
    double? MaxRequestsPerSecond = null,
    long? MaxMemoryBytes = null)
{
    // Two outputs, and in the worst case six bytes of JSON (\u0000) for one byte of output.
    private const int WorstBytesForOne = 12;

    // The other members of a result.
    private const int ResultBytes = 2048;

    /// <summary>The memory that hosts share.</summary>
    [JsonIgnore]
    public MemoryLimits Memory => new(MaxMemoryBytes ?? MemoryLimits.MostByDefault, MaxConnections);

    /// <summary>Largest <see cref="MaxOutputBytes"/> whose results are messages.</summary>
    [JsonIgnore]
    public int MostOutputBytes => (MaxMessageBytes - ResultBytes) / WorstBytesForOne;

    /// <summary>Longest time that connections get to end: requests the drain time, commands that are then ended their
    /// grace, and the rest is for flushing.</summary>
    [JsonIgnore]
    public TimeSpan StopTime => TimeSpan.FromSeconds(DrainSeconds + KillGraceSeconds + 2);

    /// <summary>
    /// The limits in a guest of this size: memory that is not configured is a part of it, no message may be longer than that
    /// memory can hold, and no output than a message.
    /// </summary>
    /// <param name="guestBytes">Memory of the guest.</param>
    public LimitSettings In(long guestBytes)
    {
        LimitSettings limits = this with { MaxMemoryBytes = MaxMemoryBytes ?? MemoryLimits.DefaultOf(guestBytes) };
        limits = limits with { MaxMessageBytes = (int)Math.Min(MaxMessageBytes, limits.Memory.LongestMessage) };
        return limits with { MaxOutputBytes = Math.Min(MaxOutputBytes, limits.MostOutputBytes) };
    }
}
