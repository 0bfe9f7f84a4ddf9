using System.Text.Json;

namespace GuestAgent.Settings;

/// <summary>Something that one file of a configuration says.</summary>
/// <param name="File">The file.</param>
/// <param name="Value">What it says.</param>
internal sealed record SettingsPart(string File, JsonElement Value);
