namespace GuestAgent.Memory;

/// <summary>Memory that a connection can be made to give up: a message that is not complete, or replies that nobody reads.</summary>
/// <param name="budget">The budget that it counts in.</param>
/// <param name="giveUp">Has it given up; called on the thread of whoever needs room, which it is then to have.</param>
/// <param name="onlyWhenStale">Whether it may be given up only after <see cref="StaleAfter"/> without progress.</param>
internal sealed class Reclaimable(MemoryBudget budget, Action giveUp, bool onlyWhenStale)
{
    /// <summary>
    /// A message that is not complete after that time has others before it, and replies that are not read for that long
    /// are given up: 10 s, in which the slowest channel carries the longest message.
    /// </summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(10);

    private long _bytes;
    private long _since;

    /// <summary>How much there is.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>True when it is to be given up.</summary>
    public volatile bool IsUnwanted;

    /// <summary>True when it has been there for long.</summary>
    public bool IsStale => Bytes > 0 && budget.IsLongAgo(Volatile.Read(ref _since));

    /// <summary>Notes how much there is now. The time counts from when there was nothing.</summary>
    public void Note(long bytes)
    {
        if (Bytes == 0)
        {
            Renew();
        }

        Volatile.Write(ref _bytes, bytes);
        IsUnwanted &= bytes > 0;
    }

    /// <summary>Has the time count from now.</summary>
    public void Renew() => Volatile.Write(ref _since, budget.Now);

    /// <summary>Whether it goes before another that needs room.</summary>
    /// <param name="isStale">Whether that has been there for long.</param>
    /// <param name="bytes">How much that is.</param>
    internal bool IsLongerThan(bool isStale, long bytes)
    {
        if (IsUnwanted || Bytes == 0)
        {
            return false;
        }

        return IsStale == isStale ? !onlyWhenStale && Bytes > bytes : IsStale;
    }

    internal void GiveUp() => giveUp();
}
