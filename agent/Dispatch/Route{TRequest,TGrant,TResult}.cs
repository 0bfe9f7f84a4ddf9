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
    protected override AuthorisedCall Prepare(IArguments arguments, CallContext context)
    {
        TRequest request = arguments.Read(contract.Request);
        return new Call(this, request, Authorise(request, context), context);
    }

    private sealed class Call(
        Route<TRequest, TGrant, TResult> route, TRequest request, TGrant grant, CallContext context)
        : AuthorisedCall(grant.Subject, grant.Rule)
    {
        private readonly OperationContract<TRequest, TResult> _contract =
            (OperationContract<TRequest, TResult>)route.Contract;

        // Null where this request does not ask for one.
        private BodyContract<TRequest, TResult>? Body =>
            _contract.Body is { } body && body.IsWanted(request) ? body : null;

        /// <inheritdoc/>
        public override ValueTask<Reply> RunAsync(CancellationToken cancellationToken)
        {
            if (!context.AcceptsBody && Body is { } body)
            {
                throw Refusals.NoBody(body.Parameter);
            }

            ValueTask<TResult> running = route.Start(request, grant, context, cancellationToken);
            return running.IsCompletedSuccessfully
                ? new ValueTask<Reply>(ToReply(running.Result))
                : FinishAsync(running);
        }

        /// <inheritdoc/>
        public override void Reauthorise()
        {
            TGrant now = route.Authorise(request, context);
            using (now as IDisposable)
            {
                now.RequireCovers(grant);
            }
        }

        /// <inheritdoc/>
        public override void Dispose() => (grant as IDisposable)?.Dispose();

        private async ValueTask<Reply> FinishAsync(ValueTask<TResult> running) =>
            ToReply(await running.ConfigureAwait(false));

        private Reply ToReply(TResult result) => Reply.Of(result, _contract.Result, Body?.Take(result));
    }

    private TGrant Authorise(TRequest request, CallContext context) => authorize(request, context);

    private ValueTask<TResult> Start(
        TRequest request, TGrant grant, CallContext context, CancellationToken cancellationToken) =>
        operation.ExecuteAsync(request, grant, context, cancellationToken);
}
