using GuestAgent.Dispatch;
using GuestAgent.Storage;

namespace GuestAgent.Telemetry;

/// <summary>Who gets telemetry: at most one subscription for each session.</summary>
/// <param name="disks">Knows how full the file systems are.</param>
/// <param name="clock">Measures intervals.</param>
internal sealed class TelemetryFeed(DiskReader disks, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ISession, Ending> _subscriptions = [];

    /// <summary>Begins, or begins anew with another interval.</summary>
    /// <exception cref="Errors.OperationException">The host's dialect has no way to tell it.</exception>
    public void Subscribe(ISession session, TimeSpan interval)
    {
        IPush push = session.Push;
        Unsubscribe(session);
        var ending = new Ending(this, session, new TelemetrySubscription(push, disks, interval, clock));
        lock (_gate)
        {
            _subscriptions[session] = ending;
        }

        session.Keep(ending);
    }

    /// <summary>Ends it; false when there is none.</summary>
    public bool Unsubscribe(ISession session)
    {
        Ending? ending;
        lock (_gate)
        {
            _subscriptions.TryGetValue(session, out ending);
        }

        if (ending is null)
        {
            return false;
        }

        session.Release(ending);
        ending.Dispose();
        return true;
    }

    // Ends with the host's session, or by the host's wish.
    private sealed class Ending(TelemetryFeed feed, ISession session, TelemetrySubscription subscription) : IDisposable
    {
        public void Dispose()
        {
            lock (feed._gate)
            {
                if (feed._subscriptions.GetValueOrDefault(session) == this)
                {
                    feed._subscriptions.Remove(session);
                }
            }

            subscription.Dispose();
        }
    }
}
