using System.Text.Json.Serialization;
using GuestAgent.Wire;

namespace GuestAgent.Contracts.Exec;

/// <summary>Result of <c>exec_command</c>: how the command ended and what it wrote.</summary>
/// <param name="ExitCode">Exit code 0 to 255; -1 when a signal ended the command.</param>
/// <param name="Signal">Number of the signal that ended it (signal(7)), or null.</param>
/// <param name="Stdout">Standard output, written as <paramref name="Encoding"/> says; empty when streamed.</param>
/// <param name="Stderr">Standard error, likewise.</param>
/// <param name="Encoding"><c>utf8</c> or <c>base64</c>; the bytes are exact in both unless <c>utf8</c> was asked for.</param>
/// <param name="ExecutionTimeMs">From start to exit, milliseconds.</param>
/// <param name="TimedOut">True when the time limit ended it.</param>
/// <param name="StdoutTruncated">True when standard output was longer than what is here.</param>
/// <param name="StderrTruncated">True when standard error was longer than what is here.</param>
/// <param name="StdoutBytes">Bytes that the command wrote to standard output, kept or streamed or not.</param>
/// <param name="StderrBytes">Bytes that the command wrote to standard error, likewise.</param>
public sealed record ExecCommandResult(
    int ExitCode,
    int? Signal,
    [property: JsonConverter(typeof(LongTextConverter))] string Stdout,
    [property: JsonConverter(typeof(LongTextConverter))] string Stderr,
    TextEncoding Encoding,
    long ExecutionTimeMs,
    bool TimedOut,
    bool StdoutTruncated,
    bool StderrTruncated,
    long StdoutBytes,
    long StderrBytes);
