using System.Text.Json.Serialization;

namespace GuestAgent.Settings;

/// <summary>A vsock port that the agent connects to, and serves whoever listens there.</summary>
/// <param name="Port">The port, 1 to 4294967294.</param>
/// <param name="Dialect">Name of the dialect spoken there.</param>
/// <param name="Cid">The context that listens: 2, the host, by default.</param>
/// <param name="Operations">The only operations served there; all that the policy allows when absent.</param>
/// <param name="Announce">False sends no <c>agent_ready</c>.</param>
internal sealed record VsockConnectSettings(
    uint Port,
    string Dialect,
    uint Cid = 2,
    IReadOnlyList<string>? Operations = null,
    bool Announce = true) : ListenerSettings(Dialect, Operations, Announce)
{
    /// <summary>The transport's word.</summary>
    public const string Word = "vsock-connect";

    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override string Transport => Word;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => $"vsock-connect:{Cid}:{Port}";
}
