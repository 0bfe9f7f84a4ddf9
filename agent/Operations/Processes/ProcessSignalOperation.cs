using GuestAgent.Contracts.Processes;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Execution;
using GuestAgent.Policy;

namespace GuestAgent.Operations.Processes;

/// <summary>Sends a signal to a process that the agent need not have started.</summary>
internal sealed class ProcessSignalOperation
    : IOperation<ProcessSignalRequest, ProcessSignalGrant, ProcessSignalResult>
{
    // SIGRTMAX, signal(7).
    private const int MaxSignal = 64;

    // Both clocks that the time of start is made of are read anew for each answer, and a clock tick is 10 ms.
    private const int ToleranceMs = 20;

    /// <inheritdoc/>
    public ValueTask<ProcessSignalResult> ExecuteAsync(
        ProcessSignalRequest request, ProcessSignalGrant grant, CallContext context, CancellationToken cancellationToken)
    {
        if (grant.Signal is < 1 or > MaxSignal)
        {
            throw OperationException.InvalidParameter("signal", $"A signal is a number from 1 to {MaxSignal}.", "range");
        }

        if (grant.Pid < 1)
        {
            throw OperationException.InvalidParameter("pid", "A process is a number above 0.", "range");
        }

        using ForeignProcess process = ForeignProcess.TryOpen(grant.Pid) ?? throw Gone();
        if (request.StartedMs is { } started && !IsNear(process.StartedMs, started))
        {
            throw new OperationException(
                ErrorCode.NotFound, "Another process has this number now.", new ErrorDetail("started_ms", "started_ms"));
        }

        if (grant.Pid == 1 || process.IsKernelThread || process.IsOwnAncestor)
        {
            throw new OperationException(
                ErrorCode.PermissionDenied,
                "The guest's first process, the kernel's threads, the agent and its parents are not signalled.",
                new ErrorDetail("protected_process", "pid"));
        }

        return process.Signal(grant.Signal) ? new ValueTask<ProcessSignalResult>(new ProcessSignalResult(true)) : throw Gone();
    }

    private static bool IsNear(long time, long told) => told >= time - ToleranceMs && told <= time + ToleranceMs;

    private static OperationException Gone() =>
        new(ErrorCode.NotFound, "There is no such process.", new ErrorDetail("process", "pid"));
}
