using GuestAgent.Contracts.Agent;
using GuestAgent.Dispatch;
using GuestAgent.Settings;

namespace GuestAgent.Dialects;

/// <summary>What a dialect needs to know of the listener that a connection came through.</summary>
/// <param name="Settings">The listener as configured.</param>
/// <param name="Limits">Limits in force.</param>
/// <param name="Identity">Who the agent is.</param>
internal sealed record ListenerProfile(ListenerSettings Settings, LimitSettings Limits, AgentIdentity Identity)
{
    /// <summary>The only operations served here; null for all.</summary>
    public IReadOnlySet<string>? Operations { get; } = Settings.Operations?.ToHashSet(StringComparer.Ordinal);

    /// <summary>The agent as hosts of this listener see it.</summary>
    public AgentDescription Describe() => Identity.Describe(Operations);
}
