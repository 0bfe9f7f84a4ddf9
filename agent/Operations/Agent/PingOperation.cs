using GuestAgent.Contracts.Agent;
using GuestAgent.Dispatch;

namespace GuestAgent.Operations.Agent;

/// <summary>Tells that the agent is alive.</summary>
internal sealed class PingOperation(TimeProvider clock) : IOperation<PingRequest, Unrestricted, PingResult>
{
    /// <inheritdoc/>
    public ValueTask<PingResult> ExecuteAsync(
        PingRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken) =>
        new(new PingResult(true, clock.GetUtcNow().ToUnixTimeSeconds()));
}
