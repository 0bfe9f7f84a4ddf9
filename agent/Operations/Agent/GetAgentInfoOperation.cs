using GuestAgent.Contracts.Agent;
using GuestAgent.Dispatch;
using GuestAgent.Settings;

namespace GuestAgent.Operations.Agent;

/// <summary>Tells who the agent is and what it can do.</summary>
internal sealed class GetAgentInfoOperation(
    AgentIdentity identity,
    Func<IReadOnlyList<string>> refused,
    LiveSettings settings,
    Func<IReadOnlyList<WaitingListener>> waiting,
    Func<long> lostLogRecords)
    : IOperation<GetAgentInfoRequest, Unrestricted, AgentDescription>
{
    private const int MostFaults = 32;

    /// <inheritdoc/>
    public ValueTask<AgentDescription> ExecuteAsync(
        GetAgentInfoRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<WaitingListener> listeners = waiting();
        AgentDescription agent = identity.Describe(context.Caller.Operations, context.Caller.AcceptsBody);
        string[] refusals = [.. refused().Where(agent.Capabilities.Contains)];
        long lost = lostLogRecords();
        return new(agent with
        {
            Waiting = listeners.Count > 0 ? listeners : null,
            LostLogRecords = lost > 0 ? lost : null,
            Refused = refusals.Length > 0 ? refusals : null,
            RefusedConfiguration = settings.RefusedChange is { } faults ? Told(faults) : null,
        });
    }

    // All are in the log; a host that wants to know more than this reads it there.
    private static ConfigurationFault[] Told(IReadOnlyList<SettingsFault> faults) =>
        [.. faults.Take(MostFaults).Select(fault => new ConfigurationFault(fault.File is { } file ? $"{file}: {fault.Path}" : fault.Path, fault.Message))];
}
