using System.Text.Json.Serialization;

namespace GuestAgent.Settings;

/// <summary>The configuration file, guest-agent.json(5): where the agent listens, what it allows, how much.</summary>
/// <param name="Listeners">Where hosts attach; at least one.</param>
/// <param name="Policy">What is allowed; nothing by default.</param>
/// <param name="Limits">How much is allowed.</param>
/// <param name="StateDirectory">
/// Where the agent notes what a crash must not make it forget; made, for the agent's user alone, when it is needed. A change
/// is in force from the next start on.
/// </param>
internal sealed record AgentSettings(
    IReadOnlyList<ListenerSettings> Listeners,
    PolicySettings? Policy = null,
    LimitSettings? Limits = null,
    string StateDirectory = "/var/lib/guest-agent")
{
    /// <summary>What is allowed; nothing by default.</summary>
    public PolicySettings Policy { get; init; } = Policy ?? new PolicySettings();

    /// <summary>How much is allowed.</summary>
    public LimitSettings Limits { get; init; } = Limits ?? new LimitSettings();

    /// <summary>Which files they come from; null where that is the configuration file alone.</summary>
    [JsonIgnore]
    public SettingsOrigins? Origins { get; init; }

    /// <summary>The settings in a guest of this size, see <see cref="LimitSettings.In"/>.</summary>
    /// <param name="guestBytes">Memory of the guest.</param>
    public AgentSettings In(long guestBytes) => this with { Limits = Limits.In(guestBytes) };
}
