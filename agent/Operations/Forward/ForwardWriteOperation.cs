using GuestAgent.Contracts.Forward;
using GuestAgent.Dispatch;
using GuestAgent.Forwarding;

namespace GuestAgent.Operations.Forward;

/// <summary>Sends bytes over a forwarded connection.</summary>
internal sealed class ForwardWriteOperation : IOperation<ForwardWriteRequest, ForwardedConnection, ForwardWriteResult>
{
    /// <inheritdoc/>
    public async ValueTask<ForwardWriteResult> ExecuteAsync(
        ForwardWriteRequest request, ForwardedConnection grant, CallContext context, CancellationToken cancellationToken)
    {
        await grant.Input.AddAsync(request.Data, request.Eof, cancellationToken);
        return new ForwardWriteResult(request.Data.Length);
    }
}
