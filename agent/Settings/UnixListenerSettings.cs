using System.Text.Json.Serialization;

namespace GuestAgent.Settings;

/// <summary>A Unix socket, for tests, containers and local tools.</summary>
/// <param name="Path">Absolute path of the socket.</param>
/// <param name="Dialect">Name of the dialect spoken here.</param>
/// <param name="Mode">Permissions of the socket, octal; only its owner by default.</param>
/// <param name="Operations">The only operations served here; all that the policy allows when absent.</param>
/// <param name="Announce">False sends no <c>agent_ready</c>.</param>
internal sealed record UnixListenerSettings(
    string Path,
    string Dialect,
    string Mode = "0600",
    IReadOnlyList<string>? Operations = null,
    bool Announce = true) : ListenerSettings(Dialect, Operations, Announce)
{
    /// <summary>The transport's word.</summary>
    public const string Word = "unix";

    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override string Transport => Word;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => "unix:" + Path;
}
