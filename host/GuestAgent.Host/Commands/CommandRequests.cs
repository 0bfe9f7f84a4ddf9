using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;

namespace GuestAgent.Host.Commands;

/// <summary>Writes a <see cref="GuestCommand"/> in the protocol's words.</summary>
internal static class CommandRequests
{
    /// <summary>A request whose answer brings the output.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="timeout">Its time limit.</param>
    public static ExecCommandRequest Collected(GuestCommand command, TimeSpan timeout) => new(
        command.Program,
        command.Arguments,
        timeout.TotalSeconds,
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
    /// <param name="timeout">Its time limit.</param>
    /// <param name="windowBytes">Bytes of output that may come before more are granted.</param>
    public static ExecCommandRequest Streamed(GuestCommand command, TimeSpan timeout, int windowBytes) =>
        Collected(command, timeout) with
        {
            StdinOpen = command.KeepInputOpen,
            Stream = true,
            WindowBytes = windowBytes,
            MaxOutputBytes = null,
        };

    /// <summary>The command's time limit: its own, or the guest's ceiling as far as that makes sense.</summary>
    public static TimeSpan Timeout(GuestCommand command, double ceilingSeconds) =>
        command.Timeout ?? TimeSpan.FromSeconds(Math.Clamp(ceilingSeconds, 1, GuestCommand.MaxTimeout.TotalSeconds));
}
