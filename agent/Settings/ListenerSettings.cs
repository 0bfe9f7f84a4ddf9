using System.Text.Json.Serialization;

namespace GuestAgent.Settings;

/// <summary>One place where hosts attach: a transport, the one dialect spoken there, and how it narrows the policy.</summary>
/// <param name="Dialect">Name of the dialect spoken here.</param>
/// <param name="Operations">The only operations served here; all that the policy allows when absent.</param>
/// <param name="Announce">False sends no <c>agent_ready</c>: for hosts that take the first line for their reply.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "transport")]
[JsonDerivedType(typeof(UnixListenerSettings), "unix")]
[JsonDerivedType(typeof(VirtioSerialListenerSettings), "virtio-serial")]
internal abstract record ListenerSettings(string Dialect, IReadOnlyList<string>? Operations, bool Announce)
{
    /// <summary>Transport and address in one word, for logs and audit.</summary>
    [JsonIgnore]
    public abstract string Name { get; }
}

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
    /// <inheritdoc/>
    public override string Name => "unix:" + Path;
}

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
    /// <inheritdoc/>
    public override string Name => "virtio-serial:" + Port;
}
