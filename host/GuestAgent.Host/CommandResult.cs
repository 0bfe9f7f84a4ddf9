using System.Text;

namespace GuestAgent.Host;

/// <summary>How a command ended and what it wrote.</summary>
/// <param name="Exit">How it ended.</param>
/// <param name="StandardOutput">Its standard output, exact bytes, as far as the agent kept it.</param>
/// <param name="StandardError">Its standard error, likewise.</param>
public sealed record CommandResult(
    CommandExit Exit, ReadOnlyMemory<byte> StandardOutput, ReadOnlyMemory<byte> StandardError)
{
    /// <summary>Exit code 0 to 255; -1 when a signal ended the command.</summary>
    public int ExitCode => Exit.ExitCode;

    /// <summary>True when the command ended by itself with exit code 0.</summary>
    public bool Succeeded => Exit.Succeeded;

    /// <summary>Standard output as UTF-8 text; bytes that are not UTF-8 become U+FFFD.</summary>
    public string OutputText => Encoding.UTF8.GetString(StandardOutput.Span);

    /// <summary>Standard error as UTF-8 text; bytes that are not UTF-8 become U+FFFD.</summary>
    public string ErrorText => Encoding.UTF8.GetString(StandardError.Span);
}
