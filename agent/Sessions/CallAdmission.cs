using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Memory;
using GuestAgent.Settings;

namespace GuestAgent.Sessions;

/// <summary>
/// Admits the calls of one connection and starts them: how many at once, whether there is memory, in which order, and what of
/// that on the thread that reads for all hosts.
/// </summary>
/// <param name="listener">The listener of the connection.</param>
/// <param name="dispatcher">Runs operations.</param>
/// <param name="memory">Counts what the connection holds.</param>
/// <param name="peer">What the transport knows of the host.</param>
internal sealed class CallAdmission(ListenerProfile listener, Dispatcher dispatcher, MemoryShare memory, string peer)
{
    /// <summary>What a call takes that waits: its records, token and place, some hundred bytes each.</summary>
    public const int CallBytes = 1024;

    // With its start, a call that has no more parameters is over as a rule.
    private const int UncountedBytes = 4 * 1024;

    private static long _connections;

    private readonly StartQueue _starts = new();
    private readonly long _connection = Interlocked.Increment(ref _connections);
    private long _sessions;

    // What a listener serves may change while it has connections.
    private readonly Caller _caller = new(listener.Settings.Name, peer, () => listener.Operations, listener.AcceptsBodies);

    /// <summary>What can be said on the connection.</summary>
    public DialectTraits Dialect => listener.Dialect;

    /// <summary>The place of the connection's next session among all sessions of the agent.</summary>
    public SessionOrder NextOrder() => new(_connection, Interlocked.Increment(ref _sessions));

    /// <summary>
    /// Completes when another call may be started: at once, unless what waits to be started keeps much memory. Then a host
    /// that sends faster than the guest's disk writes has to wait.
    /// </summary>
    public Task WhenRoomAsync() => _starts.WhenRoomAsync();

    /// <summary>Starts a call, now or in its turn, or refuses it; either way it is answered.</summary>
    /// <param name="session">Whose it is.</param>
    /// <param name="call">The call.</param>
    /// <param name="operation">Name of the operation.</param>
    /// <param name="arguments">Its parameters.</param>
    public void Start(Session session, Call call, string operation, ICallArguments arguments)
    {
        // What goes on with a running command must get through when commands take all places.
        int most = listener.MaxConcurrentCalls;
        bool needsPlace = dispatcher.NeedsPlace(operation);
        if (needsPlace && session.Calls.Count >= most)
        {
            call.Answer(Reply.Of(new Failure(
                ErrorCode.Busy,
                "Too many requests are in flight on this connection.",
                new ErrorDetail("limits.max_concurrent_requests", Limit: most))));
            return;
        }

        long cost = arguments.Cost(dispatcher.TakesBytes(operation));
        bool startsLater = dispatcher.MayBlock(operation) || (_starts.IsBusy && !dispatcher.IsProbe(operation));
        if ((startsLater || arguments.Length > UncountedBytes) && !call.TryTake(cost))
        {
            Refuse(call, cost + arguments.HeldBytes);
            return;
        }

        var context =
            new CallContext(
                _caller,
                session,
                call.Id ?? CallId.Null,
                call,
                call,
                call.AcceptsBody,
                call,
                call.Content,
                call.Trace,
                call,
                call.ShortensTimeLimit);
        if (startsLater)
        {
            StartLater(session, call, operation, arguments, context, needsPlace);
            return;
        }

        ValueTask<Reply> running = dispatcher.InvokeAsync(operation, arguments, context, call.Cancelled);
        if (running.IsCompleted)
        {
            call.Answer(running.Result);
        }
        else
        {
            // It has begun, and few can: other limits hold for what goes on.
            call.Overdraw(CallBytes);
            session.Calls.Add(call, needsPlace);
            _ = AnswerWhenDoneAsync(session, call, running);
        }
    }

    private void StartLater(
        Session session, Call call, string operation, ICallArguments arguments, CallContext context, bool needsPlace)
    {
        // The memory that they came in is gone by then.
        if (!arguments.TryHold())
        {
            Refuse(call, arguments.Length);
            return;
        }

        session.Calls.Add(call, needsPlace);
        _starts.Post(
            () =>
            {
                _ = AnswerWhenDoneAsync(
                    session, call, dispatcher.InvokeAsync(operation, arguments, context, call.Cancelled));
                arguments.Release();
            },
            arguments.Length);
    }

    private void Refuse(Call call, long bytes) => call.Answer(Reply.Of(Failure.From(memory.Refusal(bytes))));

    private static async Task AnswerWhenDoneAsync(Session session, Call call, ValueTask<Reply> running)
    {
        Reply reply = await running;
        // The id is free before the host can read the answer; the drain is over only when it has been sent.
        session.Calls.Release(call);
        call.Answer(reply);
        session.Calls.Remove(call);
    }
}
