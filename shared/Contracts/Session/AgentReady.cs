using GuestAgent.Contracts.Agent;

namespace GuestAgent.Contracts.Session;

/// <summary>Announces the agent each time that a host attaches.</summary>
public static class AgentReady
{
    /// <summary>The notification <c>agent_ready</c>.</summary>
    public static readonly EventContract<AgentDescription> Event =
        new("agent_ready", () => GetAgentInfoJson.Default.AgentDescription);
}
