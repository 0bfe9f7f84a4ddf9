namespace GuestAgent.Memory;

/// <summary>Counts what one call takes of its connection's share, and gives it back at once.</summary>
/// <param name="share">The share.</param>
internal struct CallMemory(MemoryShare share)
{
    private long _taken;

    /// <inheritdoc cref="ICallMemory.TryTake"/>
    public bool TryTake(long bytes)
    {
        if (!share.TryTake(bytes))
        {
            return false;
        }

        Interlocked.Add(ref _taken, bytes);
        return true;
    }

    /// <inheritdoc cref="ICallMemory.Take"/>
    public void Take(long bytes)
    {
        if (!TryTake(bytes))
        {
            throw share.Refusal(bytes);
        }
    }

    /// <inheritdoc cref="MemoryShare.Overdraw"/>
    public void Overdraw(long bytes)
    {
        share.Overdraw(bytes);
        Interlocked.Add(ref _taken, bytes);
    }

    /// <summary>Gives all back.</summary>
    public void ReturnAll()
    {
        if (_taken != 0)
        {
            share.Return(Interlocked.Exchange(ref _taken, 0));
        }
    }
}
