using GuestAgent.Dispatch;
using GuestAgent.Storage;

namespace GuestAgent.Telemetry;

/// <summary>Who gets telemetry: at most one subscription for each attach.</summary>
/// <param name="disks">Knows how full the file systems are.</param>
/// <param name="clock">Measures intervals.</param>
internal sealed class TelemetryFeed(DiskReader disks, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IAttach, Ending> _subscriptions = [];

    /// <summary>Begins, or begins anew with another interval.</summary>
    public void Subscribe(IAttach attach, TimeSpan interval)
    {
        Unsubscribe(attach);
        var ending = new Ending(this, attach, new TelemetrySubscription(attach, disks, interval, clock));
        lock (_gate)
        {
            _subscriptions[attach] = ending;
        }

        attach.Keep(ending);
    }

    /// <summary>Ends it; false when there is none.</summary>
    public bool Unsubscribe(IAttach attach)
    {
        Ending? ending;
        lock (_gate)
        {
            _subscriptions.TryGetValue(attach, out ending);
        }

        if (ending is null)
        {
            return false;
        }

        attach.Release(ending);
        ending.Dispose();
        return true;
    }

    // Ends with the host's stay, or by the host's wish.
    private sealed class Ending(TelemetryFeed feed, IAttach attach, TelemetrySubscription subscription) : IDisposable
    {
        public void Dispose()
        {
            lock (feed._gate)
            {
                if (feed._subscriptions.GetValueOrDefault(attach) == this)
                {
                    feed._subscriptions.Remove(attach);
                }
            }

            subscription.Dispose();
        }
    }
}
