namespace GuestAgent.Host.Forwarding;

/// <summary>
/// Counts the forwarded connections of a client, and so how much each may have under way to the guest: the more there are, the less
/// each, or what nobody reads there would take the agent's memory.
/// </summary>
internal sealed class OpenForwards
{
    // Of all together; an agent in a guest of 256 MiB holds as much.
    private const int MostBytes = 8 * 1024 * 1024;

    // As much as is taken without harm while the other end is busy.
    private const int MostBytesOfOne = 512 * 1024;

    private const int LeastBytesOfOne = 16 * 1024;

    private int _count;

    /// <summary>Bytes that one of them may have under way.</summary>
    public int WindowBytes => Math.Clamp(MostBytes / Math.Max(Volatile.Read(ref _count), 1), LeastBytesOfOne, MostBytesOfOne);

    /// <summary>One more.</summary>
    public void Enter() => Interlocked.Increment(ref _count);

    /// <summary>One less.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}
