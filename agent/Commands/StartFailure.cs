using GuestAgent.Errors;
using GuestAgent.Linux;
using GuestAgent.Processes;

namespace GuestAgent.Commands;

/// <summary>Tells the host why a command could not be started: which step, which parameter, which errno.</summary>
internal static class StartFailure
{
    /// <summary>The peer's view of a failed start.</summary>
    public static OperationException From(SpawnException e) => new(
        e.Errno == Errno.EAGAIN || Errno.IsExhaustion(e.Errno) ? ErrorCode.Busy : ErrorCode.CommandFailed,
        Sentence(e.Message),
        new ErrorDetail("exec." + Dispatch.Words.SnakeCase(e.Step), Field(e.Step), Errno: Errno.Name(e.Errno)),
        e);

    /// <summary>The peer's view of a user or group that the guest does not have.</summary>
    public static OperationException From(AccountException e) =>
        new(ErrorCode.NotFound, e.Message, new ErrorDetail("account", e.IsGroup ? "params.group" : "params.user"), e);

    private static string? Field(SpawnStep step) => step switch
    {
        SpawnStep.WorkingDirectory => "params.working_directory",
        SpawnStep.Execute => "params.command",
        SpawnStep.Arguments => "params.args",
        SpawnStep.User => "params.user",
        SpawnStep.Group or SpawnStep.Groups => "params.group",
        _ => null,
    };

    private static string Sentence(string message) => $"The command could not be started: {message}.";
}
