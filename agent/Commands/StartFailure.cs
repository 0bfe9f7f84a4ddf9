using GuestAgent.Errors;
using GuestAgent.Execution;
using GuestAgent.Linux.Native;
using GuestAgent.Policy;

namespace GuestAgent.Commands;

/// <summary>Tells the host why a command could not be started: which step, which parameter, which errno.</summary>
internal static class StartFailure
{
    /// <summary>The peer's view of a failed start.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="grant">What was to be started, and as whom.</param>
    public static OperationException From(SpawnException e, CommandGrant grant) => new(
        e.Errno == Errno.EAGAIN || Errno.IsExhaustion(e.Errno) ? ErrorCode.Busy : ErrorCode.CommandFailed,
        Sentence(e.Message),
        new ErrorDetail("exec." + Dispatch.Words.SnakeCase(e.Step), Field(e.Step, grant), Errno: Errno.Name(e.Errno)),
        e);

    private static string? Field(SpawnStep step, CommandGrant grant) => step switch
    {
        SpawnStep.WorkingDirectory => "working_directory",
        SpawnStep.Execute => "command",
        SpawnStep.Arguments => "args",
        SpawnStep.Group when grant.Group is not null => "group",
        // The groups are the user's, where one was named.
        SpawnStep.User or SpawnStep.Group or SpawnStep.Groups => grant.User is null ? "group" : "user",
        _ => null,
    };

    private static string Sentence(string message) => $"The command could not be started: {message}.";
}
