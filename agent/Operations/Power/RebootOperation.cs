using GuestAgent.Contracts.Power;
using GuestAgent.Dispatch;
using GuestAgent.Policy;
using GuestAgent.Power;

namespace GuestAgent.Operations.Power;

/// <summary>Restarts the guest, at once or after a while, but not before the host has its answer.</summary>
internal sealed class RebootOperation(PowerSchedule schedule, PowerPolicy policy) : IOperation<RebootRequest, PowerGrant, PowerResult>
{
    /// <inheritdoc/>
    public ValueTask<PowerResult> ExecuteAsync(
        RebootRequest request, PowerGrant grant, CallContext context, CancellationToken cancellationToken) =>
        new(PowerResults.Arrange(
            schedule, grant, context, Origin.Of(Reboot.Contract, context, policy.Require)));
}
