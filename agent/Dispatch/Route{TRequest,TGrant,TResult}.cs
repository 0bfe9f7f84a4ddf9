using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

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

        /// <inheritdoc/>
        public override void Dispose() => (grant as IDisposable)?.Dispose();

        private async ValueTask<Reply> FinishAsync(ValueTask<TResult> running) =>
            Reply.Of(await running.ConfigureAwait(false), _contract.Result);
    }

    private ValueTask<TResult> Start(
        TRequest request, TGrant grant, CallContext context, CancellationToken cancellationToken) =>
        operation.ExecuteAsync(request, grant, context, cancellationToken);
}
