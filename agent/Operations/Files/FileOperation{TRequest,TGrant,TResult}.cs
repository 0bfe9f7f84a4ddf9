using GuestAgent.Dispatch;
using GuestAgent.Linux.Native;
using GuestAgent.Policy;

namespace GuestAgent.Operations.Files;

/// <summary>
/// An operation on one file: what the kernel refuses it, is said of that file and of the parameter <c>path</c>.
/// </summary>
/// <param name="operation">The operation itself, which lets the kernel's refusals pass.</param>
internal sealed class FileOperation<TRequest, TGrant, TResult>(IOperation<TRequest, TGrant, TResult> operation)
    : IOperation<TRequest, TGrant, TResult>
    where TGrant : IGrant
{
    /// <inheritdoc/>
    public async ValueTask<TResult> ExecuteAsync(
        TRequest request, TGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await operation.ExecuteAsync(request, grant, context, cancellationToken);
        }
        catch (LinuxException e)
        {
            throw FileFailure.Of(e.Errno, grant.Subject);
        }
    }
}
