namespace GuestAgent.Settings;

/// <summary>One thing wrong with the configuration.</summary>
/// <param name="Path">JSON path, such as <c>$.policy.commands[2].path</c>.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
/// <param name="File">The drop-in that it is in; null for the configuration file itself.</param>
internal sealed record SettingsFault(string Path, string Message, string? File = null)
{
    /// <inheritdoc/>
    public override string ToString() => File is null ? $"{Path}: {Message}" : $"{File}: {Path}: {Message}";

    /// <summary>The same with its file in front in any case.</summary>
    /// <param name="main">The configuration file.</param>
    public string In(string main) => $"{File ?? main}: {Path}: {Message}";
}
