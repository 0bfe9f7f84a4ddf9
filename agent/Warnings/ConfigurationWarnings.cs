using GuestAgent.Settings;

namespace GuestAgent.Warnings;

/// <summary>
/// Looks at a configuration without faults, and at the files that it names, as somebody would who wants more of it than its
/// owner meant to give.
/// </summary>
internal static class ConfigurationWarnings
{
    // In the order in which they are told.
    private static readonly Func<WarningInput, IEnumerable<ConfigurationWarning>>[] Kinds =
    [
        ListenerWarnings.Find,
        CommandWarnings.Find,
        ProgramFileWarnings.Find,
        EnvironmentWarnings.Find,
        RuntimeWarnings.Find,
        ReadTreeWarnings.Find,
        WriteTreeWarnings.Find,
    ];

    /// <summary>Lists all warnings, and what rules name that this guest does not have. May wait for file systems.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="file">Path of its file.</param>
    public static IReadOnlyList<ConfigurationWarning> InThisGuest(AgentSettings settings, string file) =>
        [.. Of(settings, file), .. MissingWarnings.Find(new WarningInput(settings, file))];

    /// <summary>Lists what means more than it seems to, in any guest. May wait for file systems.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="file">Path of its file.</param>
    public static IReadOnlyList<ConfigurationWarning> Of(AgentSettings settings, string file)
    {
        var input = new WarningInput(settings, file);
        List<ConfigurationWarning> found = [];
        foreach (Func<WarningInput, IEnumerable<ConfigurationWarning>> kind in Kinds)
        {
            found.AddRange(kind(input));
        }

        return found;
    }
}
