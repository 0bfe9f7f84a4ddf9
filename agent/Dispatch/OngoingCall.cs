using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

/// <summary>A call from its start to its answer.</summary>
/// <param name="operation">Name of its operation.</param>
/// <param name="call">The call.</param>
/// <param name="context">What surrounds it.</param>
/// <param name="end">Ends it before its time.</param>
internal sealed class OngoingCall(
    string operation, AuthorisedCall call, CallContext context, CancellationTokenSource end) : IOngoing
{
    private readonly Lock _gate = new();
    private bool _ended;
    private volatile Failure? _withdrawal;

    /// <inheritdoc/>
    public string Operation => operation;

    /// <inheritdoc/>
    public Caller Caller => context.Caller;

    /// <inheritdoc/>
    public CallId Id => context.Id;

    /// <inheritdoc/>
    public string Subject => call.Subject;

    /// <inheritdoc/>
    public void Reauthorise() => call.Reauthorise();

    /// <inheritdoc/>
    public bool Withdraw(Failure refusal)
    {
        lock (_gate)
        {
            if (_ended || _withdrawal is not null)
            {
                return false;
            }

            _withdrawal = refusal;
            _ = end.CancelAsync();
            return true;
        }
    }

    /// <summary>Notes that it has ended: it cannot be withdrawn any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
        }
    }

    /// <summary>What to answer in place of a failure, where the withdrawal is its cause: with what there is of a result.</summary>
    public Failure? InPlaceOf(Exception failure) => _withdrawal?.InPlaceOf(failure);
}
