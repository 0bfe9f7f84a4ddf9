using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;

namespace GuestAgent.Host.Commands;

/// <summary>Writes a <see cref="GuestCommand"/> in the protocol's words.</summary>
internal static class CommandRequests
{
    /// <summary>A request whose answer brings the output.</summary>
    /// <param name="command">What to run.</param>
    public static ExecCommandRequest Collected(GuestCommand command) => new(
        command.Program,
        command.Arguments,
        command.Timeout == Timeout.InfiniteTimeSpan ? 0 : command.Timeout?.TotalSeconds,
        CaptureOutput: !command.DiscardOutput,
        WorkingDirectory: command.WorkingDirectory,
        Env: command.Environment,
        User: command.User,
        Group: command.Group,
        Stdin: command.StandardInput.IsEmpty ? null : Convert.ToBase64String(command.StandardInput.Span),
        StdinEncoding: command.StandardInput.IsEmpty ? TextEncoding.Utf8 : TextEncoding.Base64,
        MaxOutputBytes: command.MaxOutputBytes);

    /// <summary>A request whose output comes while the command runs.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="windowBytes">Bytes of output that may come before more are granted.</param>
    public static ExecCommandRequest Streamed(GuestCommand command, int windowBytes) =>
        Collected(command) with
        {
            StdinOpen = command.KeepInputOpen,
            Stream = true,
            WindowBytes = windowBytes,
            MaxOutputBytes = null,
        };

    /// <summary>How long to wait for the answer beyond the margin; null where the host knows of no limit.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="byDefault">Where the command has none of its own.</param>
    public static TimeSpan? TimeLimit(GuestCommand command, TimeSpan? byDefault) =>
        command.Timeout == Timeout.InfiniteTimeSpan ? null : command.Timeout ?? byDefault;
}
