using GuestAgent.Commands;
using GuestAgent.Contracts.Exec;
using GuestAgent.Dispatch;
using GuestAgent.Errors;

namespace GuestAgent.Operations.Exec;

/// <summary>Sends a signal to a running command.</summary>
internal sealed class ExecSignalOperation : IOperation<ExecSignalRequest, RunningCommand, ExecSignalResult>
{
    // SIGRTMAX, signal(7).
    private const int MaxSignal = 64;

    /// <inheritdoc/>
    public ValueTask<ExecSignalResult> ExecuteAsync(
        ExecSignalRequest request, RunningCommand grant, CallContext context, CancellationToken cancellationToken)
    {
        if (request.Signal is < 1 or > MaxSignal)
        {
            throw OperationException.InvalidParameter("signal", $"A signal is a number from 1 to {MaxSignal}.", "range");
        }

        return grant.Signal(request.Signal, request.Group)
            ? new ValueTask<ExecSignalResult>(new ExecSignalResult(true))
            : throw new OperationException(
                ErrorCode.NotFound, "The command is not running.", new ErrorDetail("running", "id"));
    }
}
