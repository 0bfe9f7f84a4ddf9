using GuestAgent.Contracts.Power;
using GuestAgent.Dispatch;
using GuestAgent.Policy;
using GuestAgent.Power;

namespace GuestAgent.Operations.Power;

/// <summary>Powers off the guest, at once or after a while, but not before the host has its answer.</summary>
internal sealed class ShutdownOperation(PowerSchedule schedule, PowerPolicy policy) : IOperation<ShutdownRequest, PowerGrant, PowerResult>
{
    /// <inheritdoc/>
    public ValueTask<PowerResult> ExecuteAsync(
        ShutdownRequest request, PowerGrant grant, CallContext context, CancellationToken cancellationToken) =>
        new(PowerResults.Arrange(
            schedule, grant, context, Origin.Of(Shutdown.Contract, context, policy.Require)));
}
