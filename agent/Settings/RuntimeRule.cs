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
/// <param name="TimeoutSeconds">Longest time limit; a longer one asked for is shortened to it.</param>
/// <param name="MaxOutputBytes">Most bytes of output kept for the result; what is streamed is not bounded.</param>
/// <param name="Directory">Where each program gets a directory of its own, removed behind it: <c>/tmp</c> by default.</param>
/// <param name="MaxFiles">
/// Most entries of an archive, and files and directories made of it: 10,000, some twice as many as a middling dependency
/// tree has.
/// </param>
/// <param name="MaxUnpackedBytes">Most bytes of an unpacked archive: 256 MiB.</param>
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
    long MaxUnpackedBytes = 256L * 1024 * 1024)
{
    /// <summary>What stands for the file in <see cref="Args"/>.</summary>
    public const string FilePlaceholder = "{file}";

    private static readonly string[] FileAlone = [FilePlaceholder];

    /// <summary>Arguments, of which <see cref="FilePlaceholder"/> stands for the file.</summary>
    public IReadOnlyList<string> Args { get; init; } = Args ?? FileAlone;
}
