namespace GuestAgent.Settings;

/// <summary>A configuration that cannot be used, with everything that is wrong with it.</summary>
/// <param name="faults">At least one.</param>
internal sealed class SettingsException(IReadOnlyList<SettingsFault> faults)
    : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<SettingsFault> Faults { get; } = faults;
}
