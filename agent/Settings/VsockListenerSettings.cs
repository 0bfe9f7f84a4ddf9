using System.Text.Json.Serialization;

namespace GuestAgent.Settings;

/// <summary>A vsock port that hosts connect to.</summary>
/// <param name="Port">The port, 1 to 4294967294, on every address that the guest has.</param>
/// <param name="Dialect">Name of the dialect spoken here.</param>
/// <param name="AllowCids">
/// Contexts whose connections are taken: only 2, the host, by default. 1 would be any process of this guest.
/// </param>
/// <param name="Operations">The only operations served here; all that the policy allows when absent.</param>
/// <param name="Announce">False sends no <c>agent_ready</c>.</param>
internal sealed record VsockListenerSettings(
    uint Port,
    string Dialect,
    IReadOnlyList<uint>? AllowCids = null,
    IReadOnlyList<string>? Operations = null,
    bool Announce = true) : ListenerSettings(Dialect, Operations, Announce)
{
    /// <summary>The transport's word.</summary>
    public const string Word = "vsock";

    // VMADDR_CID_HOST, vsock(7).
    private static readonly uint[] HostOnly = [2];

    /// <summary>Contexts whose connections are taken.</summary>
    public IReadOnlyList<uint> AllowCids { get; init; } = AllowCids ?? HostOnly;

    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public override string Transport => Word;

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Name => $"vsock:{Port}";

    /// <summary>True when connections from this context are taken.</summary>
    public bool Allows(uint cid)
    {
        foreach (uint allowed in AllowCids)
        {
            if (allowed == cid)
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    private protected override ListenerSettings Lasting() => this with { Operations = null, AllowCids = [] };
}
