namespace GuestAgent.Settings;

/// <summary>What hosts may do. Everything that is not named is refused.</summary>
/// <param name="Commands">Programs that may be run: a list of rules, or <c>"any"</c>.</param>
/// <param name="ReadPaths">Files and directory trees that may be read.</param>
/// <param name="WritePaths">Files and directory trees that may be changed.</param>
/// <param name="Power">Whether the guest may be powered off and restarted.</param>
/// <param name="ListProcesses">Whether all processes may be listed, with their arguments.</param>
/// <param name="SignalProcesses">Whether signals may be sent to processes that the agent has not started.</param>
/// <param name="SetTime">Whether the wall clock may be set.</param>
/// <param name="Runtimes">What programs that hosts bring along may be run by, by the name that they ask for.</param>
/// <param name="Forward">Which ports and Unix sockets of the guest hosts may connect to, and where they may listen in it.</param>
internal sealed record PolicySettings(
    CommandRules? Commands = null,
    IReadOnlyList<string>? ReadPaths = null,
    IReadOnlyList<string>? WritePaths = null,
    bool Power = false,
    bool ListProcesses = false,
    bool SignalProcesses = false,
    bool SetTime = false,
    IReadOnlyDictionary<string, RuntimeRule>? Runtimes = null,
    ForwardSettings? Forward = null)
{
    /// <summary>Programs that may be run.</summary>
    public CommandRules Commands { get; init; } = Commands ?? new CommandRules([]);

    /// <summary>Files and directory trees that may be read.</summary>
    public IReadOnlyList<string> ReadPaths { get; init; } = ReadPaths ?? [];

    /// <summary>Files and directory trees that may be changed.</summary>
    public IReadOnlyList<string> WritePaths { get; init; } = WritePaths ?? [];

    /// <summary>What programs that hosts bring along may be run by.</summary>
    public IReadOnlyDictionary<string, RuntimeRule> Runtimes { get; init; } = Runtimes ?? new Dictionary<string, RuntimeRule>();

    /// <summary>Which ports and Unix sockets hosts may connect to and listen at.</summary>
    public ForwardSettings Forward { get; init; } = Forward ?? new ForwardSettings();

    /// <summary>Every file and directory tree that the policy names for something.</summary>
    public IReadOnlyList<string> AllTrees()
    {
        List<string> trees = [.. ReadPaths, .. WritePaths, .. Forward.Paths()];
        foreach (CommandRule rule in Commands.Rules ?? [])
        {
            trees.AddRange(rule.WorkingDirectories ?? []);
        }

        foreach (RuntimeRule runtime in Runtimes.Values)
        {
            trees.Add(runtime.Directory);
            trees.AddRange(runtime.WritePaths ?? []);
        }

        return trees;
    }
}
