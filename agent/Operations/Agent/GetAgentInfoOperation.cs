using GuestAgent.Contracts.Agent;
using GuestAgent.Dispatch;

namespace GuestAgent.Operations.Agent;

/// <summary>Tells who the agent is and what it can do.</summary>
internal sealed class GetAgentInfoOperation(
    AgentIdentity identity, Func<IReadOnlyList<WaitingListener>> waiting, Func<long> lostLogRecords)
    : IOperation<GetAgentInfoRequest, Unrestricted, AgentDescription>
{
    /// <inheritdoc/>
    public ValueTask<AgentDescription> ExecuteAsync(
        GetAgentInfoRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<WaitingListener> listeners = waiting();
        AgentDescription agent = identity.Describe(context.Caller.Operations, context.Caller.AcceptsBody);
        long lost = lostLogRecords();
        return new(agent with
        {
            Waiting = listeners.Count > 0 ? listeners : null,
            LostLogRecords = lost > 0 ? lost : null,
        });
    }
}
