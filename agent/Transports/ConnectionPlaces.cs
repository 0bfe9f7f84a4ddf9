namespace GuestAgent.Transports;

/// <summary>Counts the connections of all listeners together.</summary>
internal sealed class ConnectionPlaces
{
    private int _taken;

    /// <summary>Takes a place.</summary>
    /// <param name="limit">Most connections at once.</param>
    /// <returns>False when all are taken.</returns>
    public bool TryTake(int limit)
    {
        if (Interlocked.Increment(ref _taken) <= limit)
        {
            return true;
        }

        GiveBack();
        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void GiveBack() => Interlocked.Decrement(ref _taken);
}
