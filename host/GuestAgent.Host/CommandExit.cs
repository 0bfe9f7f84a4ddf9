namespace GuestAgent.Host;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Exit code 0 to 255; -1 when a signal ended the command.</param>
/// <param name="Signal">Number of the signal that ended it (signal(7)), 1 to 64; else null.</param>
/// <param name="Duration">From start to exit, measured in the guest.</param>
/// <param name="OutputBytes">Bytes that it wrote to standard output.</param>
/// <param name="ErrorBytes">Bytes that it wrote to standard error.</param>
/// <param name="OutputTruncated">True when not all of standard output came here.</param>
/// <param name="ErrorTruncated">True when not all of standard error came here.</param>
public sealed record CommandExit(
    int ExitCode,
    int? Signal,
    TimeSpan Duration,
    long OutputBytes,
    long ErrorBytes,
    bool OutputTruncated,
    bool ErrorTruncated)
{
    /// <summary>True when the command ended by itself with exit code 0.</summary>
    public bool Succeeded => ExitCode == 0 && Signal is null;
}
