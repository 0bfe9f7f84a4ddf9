namespace GuestAgent.Memory;

/// <summary>
/// The one bound for all memory that hosts make the agent hold. Each connection has a small part for itself; what it holds
/// beyond that comes from one pool, at once or not at all: nobody waits for memory, so that nobody can hold some while he
/// waits for more, and there is no deadlock.
/// </summary>
/// <param name="limits">The limits in force.</param>
/// <param name="clock">Tells what has been there for long.</param>
internal sealed class MemoryBudget(Func<MemoryLimits> limits, TimeProvider clock)
{
    /// <summary>
    /// A connection may hold that many times what is free after it (dynamic thresholds, Choudhury and Hahne 1998): one alone gets
    /// four fifths of the pool, the next one four fifths of what is left, and nobody can ever take all.
    /// </summary>
    public const int Greed = 4;

    private readonly Lock _gate = new();
    private readonly List<MemoryShare> _holders = [];
    private readonly Garbage _garbage = new();
    private long _used;

    /// <summary>The limits in force.</summary>
    public MemoryLimits Limits => limits();

    /// <summary>What is taken from the pool now, bytes. May be more than the pool has after what could not be refused.</summary>
    public long Used
    {
        get
        {
            lock (_gate)
            {
                return _used;
            }
        }
    }

    /// <summary>The share of a connection that begins.</summary>
    public MemoryShare OpenShare() => new(this, limits().Guaranteed);

    internal long Now => clock.GetTimestamp();

    internal bool IsLongAgo(long then) => clock.GetElapsedTime(then) >= Reclaimable.StaleAfter;

    /// <summary>Takes from the pool.</summary>
    /// <param name="share">For whom.</param>
    /// <param name="bytes">How much more.</param>
    /// <param name="whole">What it holds of the pool then.</param>
    internal bool TryTake(MemoryShare share, long bytes, long whole)
    {
        long pool = limits().Shared;
        _garbage.CollectBeforeMore(pool, Used);
        lock (_gate)
        {
            if (whole > Greed * (pool - _used - bytes))
            {
                return false;
            }

            Add(share, bytes, whole);
            return true;
        }
    }

    /// <summary>Takes what is bounded elsewhere and cannot be refused.</summary>
    internal void Overdraw(MemoryShare share, long bytes, long whole)
    {
        lock (_gate)
        {
            Add(share, bytes, whole);
        }
    }

    /// <summary>Gives back to the pool.</summary>
    /// <param name="share">Whose.</param>
    /// <param name="bytes">How much.</param>
    /// <param name="whole">What it holds of the pool then.</param>
    internal void Return(MemoryShare share, long bytes, long whole)
    {
        lock (_gate)
        {
            _used -= bytes;
            if (whole == 0)
            {
                _holders.Remove(share);
            }
        }
    }

    /// <summary>
    /// Makes the connection with the longest unfinished message give that up, if it is longer than what the seeker would
    /// hold. One that has been under way for long counts as longer than any that has not.
    /// </summary>
    /// <param name="seeker">Who needs room.</param>
    /// <param name="own">What it is for, where that can be given up itself.</param>
    /// <param name="bytes">How much more it needs of the pool.</param>
    /// <param name="whole">What it would hold of the pool then.</param>
    /// <returns>False when that would not make enough room.</returns>
    internal bool TryMakeRoom(MemoryShare seeker, Reclaimable? own, long bytes, long whole)
    {
        MemoryLimits now = limits();
        if (whole > now.MostOfOne)
        {
            return false;
        }

        Reclaimable? longest = null;
        lock (_gate)
        {
            bool isStale = own?.IsStale ?? false;
            long free = now.Shared - _used - bytes;
            foreach (MemoryShare holder in _holders)
            {
                foreach (Reclaimable candidate in holder == seeker ? [] : holder.Reclaimables)
                {
                    if (candidate.IsLongerThan(isStale, whole))
                    {
                        free += candidate.Bytes;
                        longest = longest is null || candidate.IsLongerThan(longest.IsStale, longest.Bytes) ? candidate : longest;
                    }
                }
            }

            if (longest is null || whole > Greed * free)
            {
                return false;
            }

            longest.IsUnwanted = true;
        }

        longest.GiveUp();
        return true;
    }

    private void Add(MemoryShare share, long bytes, long whole)
    {
        _used += bytes;
        if (whole == bytes)
        {
            _holders.Add(share);
        }
    }
}
