namespace GuestAgent.Settings;

/// <summary>What hosts may do. Everything that is not named is refused.</summary>
/// <param name="Commands">Programs that may be run: a list of rules, or <c>"any"</c>.</param>
/// <param name="ReadPaths">Files and directory trees that may be read.</param>
/// <param name="WritePaths">Files and directory trees that may be changed.</param>
/// <param name="Power">Whether the guest may be powered off and restarted.</param>
internal sealed record PolicySettings(
    CommandRules? Commands = null,
    IReadOnlyList<string>? ReadPaths = null,
    IReadOnlyList<string>? WritePaths = null,
    bool Power = false)
{
    /// <summary>Programs that may be run.</summary>
    public CommandRules Commands { get; init; } = Commands ?? new CommandRules([]);

    /// <summary>Files and directory trees that may be read.</summary>
    public IReadOnlyList<string> ReadPaths { get; init; } = ReadPaths ?? [];

    /// <summary>Files and directory trees that may be changed.</summary>
    public IReadOnlyList<string> WritePaths { get; init; } = WritePaths ?? [];
}
