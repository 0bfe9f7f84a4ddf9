using GuestAgent.Commands;
using GuestAgent.Contracts.Exec;
using GuestAgent.Dispatch;

namespace GuestAgent.Operations.Exec;

/// <summary>Writes to the standard input of a running command.</summary>
internal sealed class ExecStdinOperation : IOperation<ExecStdinRequest, RunningCommand, ExecStdinResult>
{
    /// <inheritdoc/>
    public async ValueTask<ExecStdinResult> ExecuteAsync(
        ExecStdinRequest request, RunningCommand grant, CallContext context, CancellationToken cancellationToken)
    {
        await grant.Input.AddAsync(request.Data, request.Eof, cancellationToken);
        return new ExecStdinResult(request.Data.Length);
    }
}
