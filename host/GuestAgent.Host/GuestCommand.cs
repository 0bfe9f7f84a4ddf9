namespace GuestAgent.Host;

/// <summary>A program to run in the guest, directly and without a shell.</summary>
/// <param name="Program">Absolute path, or a name that is looked up in the policy's search path.</param>
/// <param name="Arguments">Arguments after the program's own name.</param>
/// <example><code>new GuestCommand("uname", "-a") { Timeout = TimeSpan.FromSeconds(5) }</code></example>
public sealed record GuestCommand(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>Longest <see cref="Timeout"/>: 30 days.</summary>
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(30);

    /// <summary>
    /// Time limit, above 0 and at most <see cref="MaxTimeout"/>; the guest refuses more than its policy has for the command.
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> asks for none at all, which the policy must have said, too. Null, the
    /// default: 30 s with <see cref="GuestClient.ExecuteAsync"/> (less where the policy has less), and with
    /// <see cref="GuestClient.StartAsync"/> no limit but the policy's. After it the command and its descendants are ended and the call
    /// fails with the partial result.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public TimeSpan? Timeout
    {
        get;
        init => field = value is not { } time || time == System.Threading.Timeout.InfiniteTimeSpan || (time > TimeSpan.Zero && time <= MaxTimeout)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Timeout), value, "must be above 0 and at most 30 days, or infinite");
    }

    /// <summary>Absolute path; the guest's <c>/</c> by default, or the home of <see cref="User"/>.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>
    /// Variables added to the base environment (PATH, HOME, USER, LOGNAME, SHELL, LANG); none by default.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Name or number of the user to run as; the agent's own by default.</summary>
    public string? User { get; init; }

    /// <summary>Name or number of the primary group; the user's own by default.</summary>
    public string? Group { get; init; }

    /// <summary>
    /// What the command reads from its standard input; nothing by default. At most what fits in one message; write
    /// longer input with <see cref="GuestProcess.WriteStandardInputAsync"/>.
    /// </summary>
    public ReadOnlyMemory<byte> StandardInput { get; init; }

    /// <summary>
    /// True keeps standard input open behind <see cref="StandardInput"/>, for a command that is started with
    /// <see cref="GuestClient.StartAsync"/>; false closes it.
    /// </summary>
    public bool KeepInputOpen { get; init; }

    /// <summary>True sends both outputs to the guest's null device.</summary>
    public bool DiscardOutput { get; init; }

    /// <summary>
    /// Bytes kept of each output by <see cref="GuestClient.ExecuteAsync"/>; the guest's ceiling by default and at most.
    /// Streamed output has no such limit.
    /// </summary>
    public int? MaxOutputBytes { get; init; }
}
