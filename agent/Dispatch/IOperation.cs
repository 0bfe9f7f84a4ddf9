namespace GuestAgent.Dispatch;

/// <summary>
/// What the agent does for one kind of request. Sees typed values only, never a dialect, an id or a status number.
/// The part before its first await runs in the order in which the requests came.
/// </summary>
/// <typeparam name="TRequest">Parameters.</typeparam>
/// <typeparam name="TGrant">What the policy granted: the only way to reach the thing that needs permission.</typeparam>
/// <typeparam name="TResult">Result.</typeparam>
internal interface IOperation<in TRequest, in TGrant, TResult>
{
    /// <summary>Does it, or throws an <see cref="Errors.OperationException"/>.</summary>
    ValueTask<TResult> ExecuteAsync(
        TRequest request, TGrant grant, CallContext context, CancellationToken cancellationToken);
}
