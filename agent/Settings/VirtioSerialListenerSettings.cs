using System.Text.Json.Serialization;

namespace GuestAgent.Settings;

/// <summary>A virtio-serial port.</summary>
/// <param name="Port">Name of the port as the host gave it (<c>/sys/class/virtio-ports/*/name</c>).</param>
/// <param name="Dialect">Name of the dialect spoken here.</param>
/// <param name="Operations">The only operations served here; all that the policy allows when absent.</param>
/// <param name="Announce">False sends no <c>agent_ready</c>.</param>
internal sealed record VirtioSerialListenerSettings(
    string Port,
    string Dialect,
    IReadOnlyList<string>? Operations = null,
    bool Announce = true) : ListenerSettings(Dialect, Operations, Announce)
{
    /// <summary>The transport's word.</summary>
    public const string Word = "virtio-serial";

    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override string Transport => Word;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "virtio-serial:" + Port;

    /// <inheritdoc/>
    [JsonIgnore]
    public override bool IsNewForEachHost => false;
}
