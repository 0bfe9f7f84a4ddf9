using System.Text.Json.Serialization;

namespace GuestAgent.Contracts.Agent;

/// <summary>Who the agent is and what it can do: the content of <c>agent_ready</c>, <c>hello</c> and
/// <c>get_agent_info</c>.</summary>
/// <param name="Version">Version of the agent, semantic.</param>
/// <param name="ProtocolVersion">Version of the native protocol, semantic; a host needs the same major number.</param>
/// <param name="Platform">Always <c>linux</c>.</param>
/// <param name="Capabilities">Operations that this listener serves, sorted.</param>
/// <param name="Instance">Random id of this agent process: another value means that the agent was restarted.</param>
/// <param name="BootId">The kernel's boot id (random(4)): another value means that the guest was rebooted.</param>
/// <param name="MachineId">machine-id(5), or null where the guest has none.</param>
/// <param name="Limits">What this listener accepts.</param>
/// <param name="Waiting">In the result of <c>get_agent_info</c>: listeners of the agent that cannot serve anybody now; null
/// when there are none.</param>
/// <param name="LostLogRecords">In the result of <c>get_agent_info</c>: records of the agent's log that nobody read or that could
/// not be written, since its start; null when all were.</param>
/// <param name="Refused">In the result of <c>get_agent_info</c>: those of <paramref name="Capabilities"/> that the policy in force
/// refuses whatever their parameters are, sorted; null when there are none.</param>
/// <param name="RefusedConfiguration">In the result of <c>get_agent_info</c>: what is wrong with the last change of the agent's
/// configuration, which is not in force for that; null when what was read last is in force.</param>
public sealed record AgentDescription(
    string Version,
    string ProtocolVersion,
    string Platform,
    IReadOnlyList<string> Capabilities,
    string Instance,
    string BootId,
    string? MachineId,
    AgentLimits Limits,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<WaitingListener>? Waiting = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    long? LostLogRecords = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<string>? Refused = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<ConfigurationFault>? RefusedConfiguration = null);

/// <summary>One thing wrong with a configuration.</summary>
/// <param name="Path">Where, as a JSON path such as <c>$.policy.commands[2].path</c>; <c>$</c> for the file itself.</param>
/// <param name="Reason">What is wrong, and what would be right.</param>
public sealed record ConfigurationFault(string Path, string Reason);

/// <summary>A listener that cannot serve anybody now, and is tried again until it can.</summary>
/// <param name="Listener">Transport and address, such as <c>virtio-serial:org.guestagent.0</c>.</param>
/// <param name="Reason">What is in its way, such as <c>is held by qemu-ga (pid 412)</c>.</param>
public sealed record WaitingListener(string Listener, string Reason);

/// <summary>Limits that a host must know to stay below them.</summary>
/// <param name="MaxMessageBytes">Longest line, without its end.</param>
/// <param name="MaxBatch">Most requests in one batch.</param>
/// <param name="MaxConcurrentRequests">Most requests in flight on one connection.</param>
/// <param name="MaxConcurrentCommands">Most commands running at once, over all connections.</param>
/// <param name="MaxCommandSeconds">Longest time limit of a command whose rule says nothing else; 0 for none.</param>
/// <param name="MaxOutputBytes">Most bytes of each output stream kept in a result.</param>
public sealed record AgentLimits(
    int MaxMessageBytes,
    int MaxBatch,
    int MaxConcurrentRequests,
    int MaxConcurrentCommands,
    double MaxCommandSeconds,
    int MaxOutputBytes);
