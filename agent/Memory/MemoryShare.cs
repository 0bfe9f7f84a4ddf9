using GuestAgent.Errors;

namespace GuestAgent.Memory;

/// <summary>
/// What one connection holds. The beginning of it is its own and costs nobody anything; the rest is taken from the
/// <see cref="MemoryBudget"/>. What outlives the connection, such as a call that is being ended, gives back later.
/// </summary>
internal sealed class MemoryShare
{
    private const string Rule = "limits.max_memory_bytes";

    private readonly Lock _gate = new();
    private readonly MemoryBudget _budget;
    private readonly long _guaranteed;
    private long _held;
    private long _pooled;

    internal MemoryShare(MemoryBudget budget, long guaranteed)
    {
        _budget = budget;
        _guaranteed = guaranteed;
    }

    /// <summary>What is held now, bytes.</summary>
    public long Held
    {
        get
        {
            lock (_gate)
            {
                return _held;
            }
        }
    }

    internal List<Reclaimable> Reclaimables { get; private set; } = [];

    /// <summary>Names memory that this connection can be made to give up. Before anything is taken.</summary>
    /// <inheritdoc cref="Reclaimable(MemoryBudget, Action, bool)"/>
    public Reclaimable AddReclaimable(Action giveUp, bool onlyWhenStale)
    {
        var reclaimable = new Reclaimable(_budget, giveUp, onlyWhenStale);
        // Replaced and never changed: it is read under another lock.
        Reclaimables = [.. Reclaimables, reclaimable];
        return reclaimable;
    }

    /// <summary>
    /// Takes memory, at once or not at all. Others may have to give up unfinished messages for it, so no lock may be held
    /// that their connections need.
    /// </summary>
    /// <param name="bytes">How much, from 0.</param>
    /// <param name="own">What it is for, where that can be given up itself; null for all else.</param>
    /// <returns>False when there is none.</returns>
    public bool TryTake(long bytes, Reclaimable? own = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        while (!TryTakeNow(bytes, out long more, out long whole))
        {
            if (!_budget.TryMakeRoom(this, own, more, whole))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes memory or says why not.</summary>
    /// <exception cref="OperationException">As <see cref="Refusal"/>.</exception>
    public void Take(long bytes)
    {
        if (!TryTake(bytes))
        {
            throw Refusal(bytes);
        }
    }

    /// <summary>Takes memory that is bounded elsewhere and cannot be refused any more; others have the less for it.</summary>
    public void Overdraw(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (_gate)
        {
            long whole = Pooled(_held + bytes);
            if (whole > _pooled)
            {
                _budget.Overdraw(this, whole - _pooled, whole);
                _pooled = whole;
            }

            _held += bytes;
        }
    }

    /// <summary>Gives memory back.</summary>
    /// <param name="bytes">How much of what was taken.</param>
    public void Return(long bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(bytes);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _held);
            _held -= bytes;
            long whole = Pooled(_held);
            if (whole < _pooled)
            {
                _budget.Return(this, _pooled - whole, whole);
                _pooled = whole;
            }
        }
    }

    /// <summary>Why there is no memory: <see cref="ErrorCode.Busy"/>, or <see cref="ErrorCode.TooLarge"/> for what there never is.</summary>
    /// <param name="bytes">How much was asked for.</param>
    public OperationException Refusal(long bytes)
    {
        MemoryLimits limits = _budget.Limits;
        return bytes - _guaranteed > limits.MostOfOne
            ? new OperationException(
                ErrorCode.TooLarge, "This takes more memory than the agent may use.", new ErrorDetail(Rule, Limit: limits.Bytes))
            : new OperationException(
                ErrorCode.Busy, "The memory that the agent may use is taken.", new ErrorDetail(Rule, Limit: limits.Bytes));
    }

    private long Pooled(long held) => Math.Max(0, held - _guaranteed);

    private bool TryTakeNow(long bytes, out long more, out long whole)
    {
        lock (_gate)
        {
            whole = Pooled(_held + bytes);
            more = whole - _pooled;
            if (more > 0)
            {
                if (!_budget.TryTake(this, more, whole))
                {
                    return false;
                }

                _pooled = whole;
            }

            _held += bytes;
            return true;
        }
    }
}
