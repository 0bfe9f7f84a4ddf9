using GuestAgent.Contracts;

namespace GuestAgent.Sessions;

/// <summary>The calls of one session: those in flight by id, how many take a place, and when the last one is over.</summary>
internal sealed class SessionCalls
{
    private readonly Lock _gate = new();
    private readonly HashSet<Call> _all = [];
    private readonly HashSet<Call> _unanswered = [];
    private readonly Dictionary<CallId, Call> _byId = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closing;

    /// <summary>Calls that are not answered yet and take a place.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _unanswered.Count;
            }
        }
    }

    /// <summary>The call in flight with this id; null when there is none.</summary>
    public Call? Find(CallId id)
    {
        lock (_gate)
        {
            return _byId.GetValueOrDefault(id);
        }
    }

    /// <summary>Notes a call that is not answered yet.</summary>
    /// <param name="call">The call.</param>
    /// <param name="takesPlace">Whether it is one of those whose number is limited.</param>
    public void Add(Call call, bool takesPlace = true)
    {
        lock (_gate)
        {
            _all.Add(call);
            if (takesPlace)
            {
                _unanswered.Add(call);
            }

            if (call.Id is { } id)
            {
                _byId[id] = call;
            }
        }
    }

    /// <summary>Frees the place and the id of a call that is about to be answered.</summary>
    public void Release(Call call)
    {
        lock (_gate)
        {
            _unanswered.Remove(call);
            // Abandoned, it may have lost its id to a request of the next host.
            if (call.Id is { } id && _byId.GetValueOrDefault(id) == call)
            {
                _byId.Remove(id);
            }
        }
    }

    /// <summary>Notes that a call is answered.</summary>
    public void Remove(Call call)
    {
        lock (_gate)
        {
            _all.Remove(call);
            SignalDrained();
        }
    }

    /// <summary>Those that came longer ago than <paramref name="age"/>; all for null.</summary>
    public Call[] Now(TimeSpan? age = null)
    {
        lock (_gate)
        {
            return age is { } least ? [.. _all.Where(call => call.Age > least)] : [.. _all];
        }
    }

    /// <summary>Completes when none is in flight any more; no new one may be added after this call.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _closing = true;
            SignalDrained();
            return _drained.Task;
        }
    }

    private void SignalDrained()
    {
        if (_closing && _all.Count == 0)
        {
            _drained.TrySetResult();
        }
    }
}
