using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

/// <summary>What a host has subscribed to. The policy has no say in it, its listener's <c>operations</c> have.</summary>
internal sealed class OngoingSubscription : IOngoing, IDisposable
{
    private readonly Ongoing _all;
    private readonly CallContext _context;
    private readonly Func<bool> _end;

    private OngoingSubscription(Ongoing all, string operation, CallContext context, Func<bool> end)
    {
        _all = all;
        Operation = operation;
        _context = context;
        _end = end;
    }

    /// <inheritdoc/>
    public string Operation { get; }

    /// <inheritdoc/>
    public Caller Caller => _context.Caller;

    /// <inheritdoc/>
    public CallId Id => _context.Id;

    /// <inheritdoc/>
    public string Subject => "-";

    /// <summary>Notes a subscription that has begun, until its host's session ends.</summary>
    /// <param name="all">Where.</param>
    /// <param name="contract">The operation that began it.</param>
    /// <param name="context">What surrounded that.</param>
    /// <param name="end">Ends it; false when it has ended.</param>
    /// <exception cref="Errors.OperationException">It is not served any more, and has been ended.</exception>
    public static void Begin(Ongoing all, IOperationContract contract, CallContext context, Func<bool> end)
    {
        var subscription = new OngoingSubscription(all, contract.Name, context, end);
        if (all.Add(subscription))
        {
            context.Session.Keep(subscription);
        }

        try
        {
            PolicyReview.Require(subscription);
        }
        catch
        {
            end();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Reauthorise()
    {
        // The listener alone is asked.
    }

    /// <inheritdoc/>
    public bool Withdraw(Failure refusal) => _end();

    /// <inheritdoc/>
    public void Dispose() => _all.Remove(this);

    /// <summary>A host has one of a kind: what it asks for again takes the former one's place.</summary>
    public override bool Equals(object? obj) =>
        obj is OngoingSubscription other && other.Operation == Operation && other._context.Session == _context.Session;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Operation, _context.Session);
}
