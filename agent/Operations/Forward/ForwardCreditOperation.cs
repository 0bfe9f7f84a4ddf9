using GuestAgent.Commands;
using GuestAgent.Contracts.Forward;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Forwarding;

namespace GuestAgent.Operations.Forward;

/// <summary>Lets a forwarded connection send more to the host.</summary>
internal sealed class ForwardCreditOperation : IOperation<ForwardCreditRequest, ForwardedConnection, ForwardCreditResult>
{
    /// <inheritdoc/>
    public ValueTask<ForwardCreditResult> ExecuteAsync(
        ForwardCreditRequest request, ForwardedConnection grant, CallContext context, CancellationToken cancellationToken) =>
        request.Bytes is >= 1 and <= ExecParameters.MaxWindowBytes
            ? new ValueTask<ForwardCreditResult>(new ForwardCreditResult(grant.Window.Grant(request.Bytes)))
            : throw OperationException.InvalidParameter("bytes", $"Credit is 1 to {ExecParameters.MaxWindowBytes} bytes.", "range");
}
