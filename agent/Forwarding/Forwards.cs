using System.Collections.Concurrent;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Settings;

namespace GuestAgent.Forwarding;

/// <summary>Forwarded connections and listeners, found by the session that began them and the id of the request that did.</summary>
/// <param name="settings">Say how many there may be.</param>
internal sealed class Forwards(LiveSettings settings)
{
    private readonly ConcurrentDictionary<(ISession Session, CallId Id), IGrant> _all = new();
    private int _count;

    /// <summary>Takes a place.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.Busy"/>: all are taken.</exception>
    public void Enter(CallContext context, IGrant forward)
    {
        int limit = settings.Current.Limits.MaxForwards;
        if (Interlocked.Increment(ref _count) > limit)
        {
            Interlocked.Decrement(ref _count);
            throw new OperationException(
                ErrorCode.Busy,
                $"{limit} connections and listeners are forwarded, which is the limit.",
                new ErrorDetail("limits.max_forwards", Limit: limit));
        }

        _all[(context.Session, context.Id)] = forward;
    }

    /// <summary>Gives the place back.</summary>
    public void Leave(CallContext context, IGrant forward)
    {
        // A host that has gone unmarked may have lost the id to the next one's.
        _all.TryRemove(KeyValuePair.Create((context.Session, context.Id), forward));
        Interlocked.Decrement(ref _count);
    }

    /// <summary>One of the caller's own session: the permission to go on with what was allowed at its beginning.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.NotFound"/>: it has ended, or never was.</exception>
    public T Find<T>(CallId id, CallContext context)
        where T : class, IGrant =>
        _all.GetValueOrDefault((context.Session, id)) as T ?? throw new OperationException(
            ErrorCode.NotFound,
            typeof(T) == typeof(ListenerGrant) ? "No listener has this id." : "No forwarded connection has this id.",
            new ErrorDetail("forward", "id"));
}
