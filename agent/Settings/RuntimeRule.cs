namespace GuestAgent.Settings;

/// <summary>Allows hosts to bring programs along for one runtime, and says how they are run.</summary>
/// <param name="Command">Absolute path of the program that runs them.</param>
/// <param name="File">
/// The file that is run unless a request names another, relative to the program's directory; a request's text is written
/// to it.
/// </param>
/// <param name="Args">Arguments, of which <c>{file}</c> stands for the file; that alone by default.</param>
/// <param name="Env">Names of variables, as patterns, that a request may set; none when absent.</param>
/// <param name="SetEnv">Variables that are set for every program.</param>
/// <param name="User">The user to run as, name or number; the agent's own by default.</param>
/// <param name="TimeoutSeconds">Longest time limit, as <see cref="CommandRule.TimeoutSeconds"/>.</param>
/// <param name="MaxOutputBytes">Most bytes of output kept for the result; what is streamed is not bounded.</param>
/// <param name="Directory">Where each program gets a directory of its own, removed behind it: <c>/tmp</c> by default.</param>
/// <param name="MaxFiles">
/// Most entries of an archive, and files and directories made of it: 10,000, some twice as many as a middling dependency
/// tree has.
/// </param>
/// <param name="MaxUnpackedBytes">Most bytes of an unpacked archive: 256 MiB.</param>
/// <param name="Confinement">
/// Whether programs are shut in: <see cref="BestEffort"/>, as far as the guest can, which is the default;
/// <see cref="Required"/>, or not run at all; <see cref="Unconfined"/>.
/// </param>
/// <param name="Network"><see cref="Shared"/>, the guest's, which is the default; <see cref="NoNetwork"/>: loopback alone.</param>
/// <param name="WritePaths">Files and directory trees that programs may change besides their own, as far as the user may.</param>
/// <param name="NewPrivileges">Whether programs may gain privileges, and those of root keep its own.</param>
/// <param name="MemoryBytes">Most memory of a program with all that it starts.</param>
/// <param name="MaxProcesses">Most processes and threads of a program with all that it starts.</param>
/// <param name="CpuPercent">Most processor time of a program with all that it starts, 100 for one processor.</param>
internal sealed record RuntimeRule(
    string Command,
    string File,
    IReadOnlyList<string>? Args = null,
    IReadOnlyList<string>? Env = null,
    IReadOnlyDictionary<string, string>? SetEnv = null,
    string? User = null,
    double? TimeoutSeconds = null,
    int? MaxOutputBytes = null,
    string Directory = "/tmp",
    int MaxFiles = 10_000,
    long MaxUnpackedBytes = 256L * 1024 * 1024,
    string Confinement = RuntimeRule.BestEffort,
    string Network = RuntimeRule.Shared,
    IReadOnlyList<string>? WritePaths = null,
    bool NewPrivileges = false,
    long? MemoryBytes = null,
    int? MaxProcesses = null,
    int? CpuPercent = null)
{
    /// <summary>A <see cref="Confinement"/>.</summary>
    public const string BestEffort = "best-effort";

    /// <summary>A <see cref="Confinement"/>.</summary>
    public const string Required = "required";

    /// <summary>A <see cref="Confinement"/>.</summary>
    public const string Unconfined = "none";

    /// <summary>A <see cref="Network"/>.</summary>
    public const string Shared = "shared";

    /// <summary>A <see cref="Network"/>.</summary>
    public const string NoNetwork = "none";

    /// <summary>What stands for the file in <see cref="Args"/>.</summary>
    public const string FilePlaceholder = "{file}";

    private static readonly string[] FileAlone = [FilePlaceholder];

    /// <summary>Arguments, of which <see cref="FilePlaceholder"/> stands for the file.</summary>
    public IReadOnlyList<string> Args { get; init; } = Args ?? FileAlone;
}
