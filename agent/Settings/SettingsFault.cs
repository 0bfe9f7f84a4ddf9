namespace GuestAgent.Settings;

/// <summary>One thing wrong with the configuration.</summary>
/// <param name="Path">JSON path, such as <c>$.policy.commands[2].path</c>.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
internal sealed record SettingsFault(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message}";
}
