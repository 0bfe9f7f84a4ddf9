namespace GuestAgent.Settings;

/// <summary>
/// The settings in force, which a reload replaces as a whole. What decides something reads them once, at the moment of
/// the decision, and never keeps a part of them. What was granted and goes on is then asked for again.
/// </summary>
/// <param name="settings">The settings at the start; without faults.</param>
internal sealed class LiveSettings(AgentSettings settings)
{
    private volatile AgentSettings _current = settings;

    /// <summary>The settings in force now. Two reads may give two configurations.</summary>
    public AgentSettings Current => _current;

    /// <summary>Other settings have come into force. Handlers do not wait for anything.</summary>
    public event Action? Replaced;

    /// <summary>Puts other settings into force.</summary>
    /// <param name="settings">A configuration without faults.</param>
    public void Replace(AgentSettings settings)
    {
        _current = settings;
        Replaced?.Invoke();
    }
}
