using GuestAgent.Commands;
using GuestAgent.Contracts.Exec;
using GuestAgent.Dispatch;
using GuestAgent.Errors;

namespace GuestAgent.Operations.Exec;

/// <summary>Lets a streamed command send more output.</summary>
internal sealed class ExecCreditOperation : IOperation<ExecCreditRequest, RunningCommand, ExecCreditResult>
{
    /// <inheritdoc/>
    public ValueTask<ExecCreditResult> ExecuteAsync(
        ExecCreditRequest request, RunningCommand grant, CallContext context, CancellationToken cancellationToken)
    {
        if (request.Bytes is < 1 or > ExecParameters.MaxWindowBytes)
        {
            throw OperationException.InvalidParameter(
                "bytes", $"Credit is 1 to {ExecParameters.MaxWindowBytes} bytes.", "range");
        }

        return grant.Window is { } window
            ? new ValueTask<ExecCreditResult>(new ExecCreditResult(window.Grant(request.Bytes)))
            : throw new OperationException(
                ErrorCode.InvalidParameters, "The command was started without a window.", new ErrorDetail("window_bytes"));
    }
}
