using System.Text;
using System.Text.Json;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Host.Sessions;

namespace GuestAgent.Host.Commands;

/// <summary>Reads the answer to an <c>exec_command</c>, trusting none of its numbers.</summary>
internal static class CommandAnswers
{
    private const int MaxExitCode = 255;
    private const int MaxSignal = 64;
    private const long MaxMilliseconds = 1000L * 60 * 60 * 24 * 365 * 100;

    /// <summary>How the command ended and what it wrote.</summary>
    /// <exception cref="GuestCommandException">The answer is an error.</exception>
    /// <exception cref="GuestConnectionException">The answer does not make sense.</exception>
    public static CommandResult Read(Reply reply)
    {
        if (reply.ReadError(out ErrorDetail? detail) is { } error)
        {
            throw new GuestCommandException(error.Code, error.Message, detail, ReadPartial(detail?.Result));
        }

        return Interpret(GuestJson.Read(reply.Result, ExecCommand.Contract.Result));
    }

    private static CommandResult? ReadPartial(JsonElement? result)
    {
        try
        {
            return result is { ValueKind: JsonValueKind.Object } partial
                ? Interpret(GuestJson.Read<ExecCommandResult>(
                    Encoding.UTF8.GetBytes(partial.GetRawText()), ExecCommand.Contract.Result))
                : null;
        }
        catch (GuestConnectionException)
        {
            // The error itself is more worth than an extra that cannot be read.
            return null;
        }
    }

    private static CommandResult Interpret(ExecCommandResult result)
    {
        bool sensible = result.ExitCode is >= -1 and <= MaxExitCode
            && result.Signal is null or (>= 1 and <= MaxSignal)
            && result.ExecutionTimeMs is >= 0 and <= MaxMilliseconds
            && result.StdoutBytes >= 0
            && result.StderrBytes >= 0;
        return sensible
            ? new CommandResult(
                new CommandExit(
                    result.ExitCode,
                    result.Signal,
                    TimeSpan.FromMilliseconds(result.ExecutionTimeMs),
                    result.StdoutBytes,
                    result.StderrBytes,
                    result.StdoutTruncated,
                    result.StderrTruncated),
                Decode(result.Stdout, result.Encoding),
                Decode(result.Stderr, result.Encoding))
            : throw GuestConnectionException.Violation("a command's result has numbers that cannot be.");
    }

    private static byte[] Decode(string text, TextEncoding encoding)
    {
        try
        {
            return encoding switch
            {
                TextEncoding.Utf8 => Encoding.UTF8.GetBytes(text),
                TextEncoding.Base64 => Convert.FromBase64String(text),
                _ => throw GuestConnectionException.Violation("output is in neither utf8 nor base64."),
            };
        }
        catch (FormatException e)
        {
            throw GuestConnectionException.Violation("output is not base64.", e);
        }
    }
}
