namespace GuestAgent.Dispatch;

/// <summary>What goes on after it was allowed, as far as it is known here: calls under way and subscriptions.</summary>
internal sealed class Ongoing : IOngoingSource
{
    private readonly Lock _gate = new();
    private readonly HashSet<IOngoing> _all = [];

    /// <inheritdoc/>
    public IReadOnlyList<IOngoing> Now()
    {
        lock (_gate)
        {
            return [.. _all];
        }
    }

    /// <summary>Adds something; false when it is there.</summary>
    public bool Add(IOngoing ongoing)
    {
        lock (_gate)
        {
            return _all.Add(ongoing);
        }
    }

    /// <summary>Removes what has ended.</summary>
    public void Remove(IOngoing ongoing)
    {
        lock (_gate)
        {
            _all.Remove(ongoing);
        }
    }
}
