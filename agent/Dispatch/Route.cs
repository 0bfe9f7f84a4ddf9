using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

/// <summary>The way of a call through one operation: read the parameters, ask the policy, run, wrap the result.</summary>
internal abstract class Route(IOperationContract contract, TimeSpan? deadline)
{
    /// <summary>The operation's contract.</summary>
    public IOperationContract Contract { get; } = contract;

    /// <summary>Longest time that the dispatcher gives it; null when the operation limits itself.</summary>
    public TimeSpan? Deadline { get; } = deadline;

    /// <summary>Reads and authorises: everything before this returns has no side effect.</summary>
    /// <param name="arguments">The parameters, untyped.</param>
    /// <param name="context">What surrounds the call.</param>
    /// <returns>The authorised call, which nothing else can make.</returns>
    public abstract AuthorisedCall Prepare(IArguments arguments, CallContext context);
}

/// <summary>A call that the policy has allowed and that has not begun.</summary>
internal abstract class AuthorisedCall(string subject)
{
    /// <summary>What was granted, for the audit record.</summary>
    public string Subject { get; } = subject;

    /// <summary>Runs the operation.</summary>
    public abstract ValueTask<Reply> RunAsync(CancellationToken cancellationToken);
}

/// <summary>A route with its types.</summary>
internal sealed class Route<TRequest, TGrant, TResult>(
    OperationContract<TRequest, TResult> contract,
    Authorize<TRequest, TGrant> authorize,
    IOperation<TRequest, TGrant, TResult> operation) : Route(contract, contract.Deadline)
    where TRequest : class
    where TGrant : IGrant
    where TResult : class
{
    /// <inheritdoc/>
    public override AuthorisedCall Prepare(IArguments arguments, CallContext context)
    {
        TRequest request = arguments.Read(contract.Request);
        return new Call(this, request, authorize(request, context), context);
    }

    private sealed class Call(
        Route<TRequest, TGrant, TResult> route, TRequest request, TGrant grant, CallContext context)
        : AuthorisedCall(grant.Subject)
    {
        private readonly OperationContract<TRequest, TResult> _contract =
            (OperationContract<TRequest, TResult>)route.Contract;

        /// <inheritdoc/>
        public override ValueTask<Reply> RunAsync(CancellationToken cancellationToken)
        {
            ValueTask<TResult> running = route.Start(request, grant, context, cancellationToken);
            return running.IsCompletedSuccessfully
                ? new ValueTask<Reply>(Reply.Of(running.Result, _contract.Result))
                : FinishAsync(running);
        }

        private async ValueTask<Reply> FinishAsync(ValueTask<TResult> running) =>
            Reply.Of(await running.ConfigureAwait(false), _contract.Result);
    }

    private ValueTask<TResult> Start(
        TRequest request, TGrant grant, CallContext context, CancellationToken cancellationToken) =>
        operation.ExecuteAsync(request, grant, context, cancellationToken);
}
