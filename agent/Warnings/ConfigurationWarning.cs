using GuestAgent.Settings;

namespace GuestAgent.Warnings;

/// <summary>Something in a configuration without faults that means more than its reader may think.</summary>
/// <param name="Path">JSON path, such as <c>$.policy.commands[2]</c>.</param>
/// <param name="Message">What can happen, and what to write instead.</param>
internal sealed record ConfigurationWarning(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: warning: {Message}";

    /// <summary>The same with its file in front.</summary>
    /// <param name="main">The configuration file.</param>
    /// <param name="origins">Which files the configuration comes from; null for that one alone.</param>
    public string In(string main, SettingsOrigins? origins)
    {
        (string file, string path) = origins?.Find(Path) ?? (main, Path);
        return $"{file}: {this with { Path = path }}";
    }
}
