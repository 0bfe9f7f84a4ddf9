namespace GuestAgent.Memory;

/// <summary>How much memory all hosts together may make the agent hold, and how it is divided.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="Connections">Most connections at once.</param>
internal readonly record struct MemoryLimits(long Bytes, int Connections)
{
    /// <summary>Most that is taken of a guest's memory unless it is configured: 256 MiB, a message of 16 MiB some dozen times.</summary>
    public const long MostByDefault = 256L * 1024 * 1024;

    /// <summary>Least that can be configured: 4 MiB, at which a connection of 128 is still sure of 10 KiB.</summary>
    public const long Least = 4L * 1024 * 1024;

    // What is left of a guest belongs to its own work.
    private const int PartOfGuest = 4;

    // A request or a reply that is not content is shorter than that many times.
    private const long MostGuaranteed = 64 * 1024;

    // What was given back and is not collected yet, and what the collector keeps between what is alive. Measured: 128
    // unfinished messages of 16 MiB take an eighth more than they have bytes.
    private const int PartOfCollector = 6;

    // A message while it is copied and read: the line, its copy, and what is made of bytes in it.
    private const int TimesOfMessage = 3;

    /// <summary>
    /// Bytes that each connection may hold whatever the others do: 64 KiB, or as much as a third of the memory gives each.
    /// </summary>
    public long Guaranteed => Math.Min(MostGuaranteed, Bytes / 3 / Math.Max(1, Connections));

    /// <summary>Bytes that connections share beyond that. A sixth of all is the collector's.</summary>
    public long Shared => Bytes - (Bytes / PartOfCollector) - (Guaranteed * Connections);

    /// <summary>Most that one connection can ever hold of <see cref="Shared"/>.</summary>
    public long MostOfOne => Shared / (MemoryBudget.Greed + 1) * MemoryBudget.Greed;

    /// <summary>Longest message in bytes that can be received and carried out when nobody else holds anything.</summary>
    public long LongestMessage => MostOfOne / TimesOfMessage;

    /// <summary>What is allowed in a guest unless it is configured: a quarter of its memory, at most 256 MiB.</summary>
    /// <param name="guestBytes">Memory of the guest.</param>
    public static long DefaultOf(long guestBytes) => Math.Clamp(guestBytes / PartOfGuest, Least, MostByDefault);
}
