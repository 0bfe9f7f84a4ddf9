using GuestAgent.Contracts.Telemetry;
using GuestAgent.Dispatch;

namespace GuestAgent.Telemetry;

/// <summary>One host's notice of changes: what it has not read yet is joined with what comes.</summary>
/// <param name="events">Where it is subscribed.</param>
/// <param name="session">Who gets it.</param>
/// <param name="push">The way there.</param>
internal sealed class EventSubscription(GuestEvents events, ISession session, IPush push) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _kinds = [];
    private long _sequence;

    /// <summary>Tells of a change.</summary>
    public void Tell(string kind)
    {
        lock (_gate)
        {
            if (!push.IsWaiting(EventsSubscribe.Event))
            {
                _kinds.Clear();
            }

            if (!_kinds.Contains(kind))
            {
                _kinds.Add(kind);
            }

            push.PostLatest(EventsSubscribe.Event, new AgentEvents([.. _kinds], ++_sequence));
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose() => events.Remove(session, this);
}
