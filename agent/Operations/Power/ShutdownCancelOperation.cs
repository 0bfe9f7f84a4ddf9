using GuestAgent.Contracts.Power;
using GuestAgent.Dispatch;
using GuestAgent.Policy;
using GuestAgent.Power;

namespace GuestAgent.Operations.Power;

/// <summary>Takes back a power-off or restart that has not begun.</summary>
internal sealed class ShutdownCancelOperation(PowerSchedule schedule)
    : IOperation<ShutdownCancelRequest, PowerCancelGrant, ShutdownCancelResult>
{
    /// <inheritdoc/>
    public ValueTask<ShutdownCancelResult> ExecuteAsync(
        ShutdownCancelRequest request, PowerCancelGrant grant, CallContext context, CancellationToken cancellationToken) =>
        new(new ShutdownCancelResult(schedule.Cancel()));
}
