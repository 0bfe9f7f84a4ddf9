using GuestAgent.Dispatch;
using GuestAgent.Linux.Io;

namespace GuestAgent.Telemetry;

/// <summary>Who is told of changes in the guest. Nothing is watched while nobody is.</summary>
/// <param name="loop">Waits for the kernel.</param>
/// <param name="clock">Measures how long changes are joined.</param>
internal sealed class GuestEvents(EpollLoop loop, TimeProvider clock)
{
    // A host is told of the first change at once and of all that follow within this time together: bringing one interface
    // up is half a dozen of them.
    private static readonly TimeSpan JoinTime = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly Dictionary<ISession, EventSubscription> _subscriptions = [];
    private IChangeWatch[] _watches = [];

    /// <summary>Begins; does nothing when it has begun.</summary>
    /// <returns>The kinds that are watched.</returns>
    /// <exception cref="Errors.OperationException">The host's dialect has no way to tell it.</exception>
    public IReadOnlyList<string> Subscribe(ISession session)
    {
        IPush push = session.Push;
        EventSubscription subscription;
        string[] kinds;
        lock (_gate)
        {
            if (_subscriptions.Count == 0)
            {
                Open();
            }

            kinds = [.. _watches.Select(watch => watch.Kind)];
            if (_subscriptions.ContainsKey(session))
            {
                return kinds;
            }

            subscription = new EventSubscription(this, session, push);
            _subscriptions[session] = subscription;
        }

        session.Keep(subscription);
        return kinds;
    }

    /// <summary>Ends it; false when there is none.</summary>
    public bool Unsubscribe(ISession session)
    {
        EventSubscription? subscription;
        lock (_gate)
        {
            _subscriptions.TryGetValue(session, out subscription);
        }

        if (subscription is null)
        {
            return false;
        }

        session.Release(subscription);
        subscription.Dispose();
        return true;
    }

    /// <summary>Called by a subscription that ends.</summary>
    internal void Remove(ISession session, EventSubscription subscription)
    {
        lock (_gate)
        {
            if (_subscriptions.GetValueOrDefault(session) == subscription
                && _subscriptions.Remove(session)
                && _subscriptions.Count == 0)
            {
                Close();
            }
        }
    }

    private void Open()
    {
        NetworkWatch? network = NetworkWatch.TryOpen(loop);
        try
        {
            _watches = [.. new IChangeWatch?[] { network, MountWatch.TryOpen(loop) }.OfType<IChangeWatch>()];
        }
        catch
        {
            network?.Dispose();
            throw;
        }

        foreach (IChangeWatch watch in _watches)
        {
            _ = WatchAsync(watch);
        }
    }

    private void Close()
    {
        foreach (IChangeWatch watch in _watches)
        {
            watch.Dispose();
        }

        _watches = [];
    }

    private async Task WatchAsync(IChangeWatch watch)
    {
        while (await watch.NextAsync())
        {
            EventSubscription[] told;
            lock (_gate)
            {
                told = [.. _subscriptions.Values];
            }

            foreach (EventSubscription subscription in told)
            {
                subscription.Tell(watch.Kind);
            }

            await Task.Delay(JoinTime, clock);
        }
    }
}
