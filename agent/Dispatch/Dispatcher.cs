using GuestAgent.Contracts;
using GuestAgent.Errors;
using GuestAgent.Settings;

namespace GuestAgent.Dispatch;

/// <summary>
/// The single choke point between dialects and operations: finds the operation, asks listener and policy, sets the
/// deadline, runs, turns every exception into an error, writes the audit records. Never throws.
/// </summary>
internal sealed class Dispatcher(
    OperationCatalog catalog,
    AuditLog audit,
    LiveSettings settings,
    Ongoing ongoing,
    PolicyReview review,
    TimeProvider clock)
{
    /// <summary>
    /// True when the operation takes a place among the requests in flight: neither does one that only goes on with a call that runs
    /// already, nor one whose number is limited elsewhere.
    /// </summary>
    public bool NeedsPlace(string operation) =>
        catalog.Find(operation)?.Contract is not ({ ContinuesAuditedCall: true } or { IsLimitedElsewhere: true });

    /// <summary>True when the start of the operation may have to wait for the kernel.</summary>
    public bool MayBlock(string operation) => catalog.Find(operation)?.Contract.MayBlock ?? false;

    /// <summary>True when the operation only tells whether the agent is alive.</summary>
    public bool IsProbe(string operation) => catalog.Find(operation)?.Contract.IsProbe ?? false;

    /// <summary>True when what may be long in the operation's parameters never becomes text.</summary>
    public bool TakesBytes(string operation) => catalog.Find(operation)?.Contract.TakesBytes ?? false;

    /// <summary>Answers one call.</summary>
    /// <param name="operation">Name of the operation.</param>
    /// <param name="arguments">Its parameters; read before this returns.</param>
    /// <param name="context">What surrounds the call.</param>
    /// <param name="cancellationToken">Cancelled when the peer cancels the call or is gone.</param>
    public ValueTask<Reply> InvokeAsync(
        string operation, IArguments arguments, CallContext context, CancellationToken cancellationToken)
    {
        if (catalog.Find(operation) is not { } route)
        {
            return Answer(Refusals.NoSuch());
        }

        if (TooFast(route, context.Caller) is { } refusal)
        {
            // No audit record: nothing was looked at, and a flood of requests must not become one of the log.
            return Answer(refusal);
        }

        AgentSettings allowedBy = settings.Current;
        var record = new AuditRecord(route.Contract, context, clock.GetTimestamp());
        AuthorisedCall? call = null;
        CancellationTokenSource? deadline = null;
        try
        {
            call = route.Admit(arguments, context);
            record = record with { Subject = call.Subject };
            audit.Begin(record);
            deadline = StartDeadline(route, context, cancellationToken);
            ValueTask<Reply> running = call.RunAsync(deadline?.Token ?? cancellationToken);
            if (!running.IsCompletedSuccessfully)
            {
                OngoingCall? entry = Enter(route, call, context, deadline, allowedBy);
                return FinishAsync(running, call, record, route, entry, deadline, cancellationToken);
            }

            call.Dispose();
            deadline?.Dispose();
            audit.End(record with { Bytes = ContentOf(running.Result) }, null);
            return running;
        }
        catch (Exception e)
        {
            call?.Dispose();
            deadline?.Dispose();
            return Answer(Fail(e, record, route, null, cancellationToken));
        }
    }

    private static long ContentOf(in Reply reply) => reply.Result is ICarriesContent content ? content.ContentBytes : 0;

    private static ValueTask<Reply> Answer(Failure failure) => new(Reply.Of(failure));

    // Always let through: what goes on with a running call, or its stream would stall, and a probe.
    private Failure? TooFast(Route route, Caller caller) =>
        settings.Current.Limits.MaxRequestsPerSecond is { } limit
        && !route.Contract.ContinuesAuditedCall
        && !route.Contract.IsProbe
        && !caller.Rate.TryTake(limit, clock, out TimeSpan wait)
            ? new Failure(
                ErrorCode.Busy,
                "Requests come faster on this connection than the configuration allows.",
                new ErrorDetail(
                    "limits.max_requests_per_second",
                    Limit: (long)Math.Ceiling(limit),
                    RetryAfterMs: (long)Math.Ceiling(wait.TotalMilliseconds)))
            : null;

    private async ValueTask<Reply> FinishAsync(
        ValueTask<Reply> running,
        AuthorisedCall call,
        AuditRecord record,
        Route route,
        OngoingCall? entry,
        CancellationTokenSource? deadline,
        CancellationToken cancellationToken)
    {
        using (deadline)
        using (call)
        {
            try
            {
                Reply reply = await running;
                audit.End(record with { Bytes = ContentOf(reply) }, null);
                return reply;
            }
            catch (Exception e)
            {
                return Reply.Of(Fail(e, record, route, entry, cancellationToken));
            }
            finally
            {
                if (entry is not null)
                {
                    ongoing.Remove(entry);
                    entry.End();
                }
            }
        }
    }

    // What goes on with another call ends with that.
    private OngoingCall? Enter(
        Route route, AuthorisedCall call, CallContext context, CancellationTokenSource? deadline, AgentSettings allowedBy)
    {
        if (deadline is null || route.Contract.ContinuesAuditedCall)
        {
            return null;
        }

        var entry = new OngoingCall(route.Contract.Name, call, context, deadline);
        ongoing.Add(entry);
        if (!ReferenceEquals(settings.Current, allowedBy))
        {
            // Replaced meanwhile: the review may have come before this was known to go on.
            _ = Task.Run(() => review.Review(entry));
        }

        return entry;
    }

    // An operation that only looks is done before a timer would be armed.
    private static CancellationTokenSource? StartDeadline(Route route, CallContext context, CancellationToken cancellationToken)
    {
        if (route.Contract.Access == Access.Observe || (route.Deadline is null && route.Contract.ContinuesAuditedCall))
        {
            return null;
        }

        CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Content that a host reads as fast as it likes has no deadline but that something of it is read.
        if (route.Deadline is { } limit && context.Content is null)
        {
            source.CancelAfter(limit);
        }

        return source;
    }

    // The dispatcher alone decides what a cancelled token means: another policy, the agent's end, the peer's wish, or the deadline.
    private Failure Fail(
        Exception e, AuditRecord record, Route route, OngoingCall? entry, CancellationToken cancellationToken)
    {
        Failure? stopped = record.Context.Stop is { IsDue: true } ? Refusals.Stopping().InPlaceOf(e) : null;
        Failure failure = entry?.InPlaceOf(e) ?? stopped ?? e switch
        {
            OperationCanceledException when cancellationToken.IsCancellationRequested =>
                new Failure(ErrorCode.Cancelled, "The request was cancelled.", new ErrorDetail("cancel")),
            OperationCanceledException when route.Deadline is { } limit =>
                new Failure(
                    ErrorCode.TimedOut,
                    $"{route.Contract.Name} took longer than {limit.TotalSeconds:0.###} s.",
                    new ErrorDetail("deadline", Limit: (long)limit.TotalSeconds)),
            _ => Failure.From(e),
        };
        audit.End(record, failure, e);
        return failure;
    }
}
