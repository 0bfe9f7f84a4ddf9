namespace GuestAgent.Settings;

/// <summary>
/// The settings in force, which a reload replaces as a whole. What decides something reads them once, at the moment of
/// the decision, and never keeps a part of them. What was granted and goes on is then asked for again.
/// </summary>
/// <param name="settings">The settings at the start; without faults.</param>
internal sealed class LiveSettings(AgentSettings settings)
{
    private volatile AgentSettings _current = settings;
    private volatile IReadOnlyList<SettingsFault>? _refusedChange;

    /// <summary>The settings in force now. Two reads may give two configurations.</summary>
    public AgentSettings Current => _current;

    /// <summary>
    /// What was wrong with the last change of the configuration, when that was refused and <see cref="Current"/> stayed; null when
    /// what was read last is in force.
    /// </summary>
    public IReadOnlyList<SettingsFault>? RefusedChange
    {
        get => _refusedChange;
        set => _refusedChange = value;
    }

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
