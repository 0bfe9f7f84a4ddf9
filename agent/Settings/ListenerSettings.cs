using System.Text.Json;
using System.Text.Json.Serialization;

namespace GuestAgent.Settings;

/// <summary>One place where hosts attach: a transport, the one dialect spoken there, and how it narrows the policy.</summary>
/// <param name="Dialect">Name of the dialect spoken here.</param>
/// <param name="Operations">The only operations served here; all that the policy allows when absent.</param>
/// <param name="Announce">False sends no <c>agent_ready</c>: for hosts that take the first line for their reply.</param>
[JsonConverter(typeof(ListenerSettingsConverter))]
internal abstract record ListenerSettings(string Dialect, IReadOnlyList<string>? Operations, bool Announce)
{
    /// <summary>The word for the transport, by which the configuration tells listeners apart.</summary>
    public abstract string Transport { get; }

    /// <summary>Transport and address in one word, for logs and audit.</summary>
    [JsonIgnore]
    public abstract string Name { get; }

    /// <summary>True when each host has a byte stream of its own; false where one follows another on the same.</summary>
    [JsonIgnore]
    public virtual bool IsNewForEachHost => true;

    /// <summary>
    /// True when the two differ in nothing but what is read at each request or connection, so that the one can take the
    /// other's place without opening anything again.
    /// </summary>
    public bool CanBecome(ListenerSettings other) => Text(this) == Text(other);

    /// <summary>The listener without what is read at each request or connection.</summary>
    private protected virtual ListenerSettings Lasting() => this with { Operations = null };

    // As text: records compare the lists in them by reference.
    private static string Text(ListenerSettings listener) =>
        JsonSerializer.Serialize(listener.Lasting(), SettingsJson.Default.ListenerSettings);
}
