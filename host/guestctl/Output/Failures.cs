using System.Text.Json;
using GuestAgent.Cli.Contexts;
using GuestAgent.Errors;
using GuestAgent.Host;
using GuestAgent.Host.Workloads;

namespace GuestAgent.Cli.Output;

/// <summary>The one table from exceptions to what users see.</summary>
internal static class Failures
{
    private const int BrokenPipe = 32;

    /// <summary>What <paramref name="e"/> is for users.</summary>
    public static Failure From(Exception e) => e switch
    {
        UsageException or GuestEndpointException => new Failure("usage", e.Message, ExitCodes.Usage),
        ContextException => new Failure("configuration", e.Message, ExitCodes.Usage),
        NoInputException => new Failure("no_input", e.Message, ExitCodes.NoInput),
        GuestConnectionException lost => new Failure(Word(lost.Reason), e.Message, ExitCode(lost.Reason)),
        NoOutputException => new Failure("output", e.Message, ExitCodes.OutputError),
        InTheWayException => new Failure("conflict", e.Message, ExitCodes.CannotCreate),
        GuestTransferException transfer => new Failure(Word(transfer.Reason), e.Message, ExitCodes.GuestError),
        TimeoutException => new Failure("timed_out", e.Message, ExitCodes.TimedOut),
        WorkloadException broken => new Failure(Word(broken.Reason), e.Message, ExitCode(broken.Reason)),
        GuestCallTimeoutException => new Failure("no_reply", e.Message, ExitCodes.TimedOut),
        GuestAgentException refused => FromAgent(refused),
        OperationCanceledException => new Failure("cancelled", "Cancelled.", ExitCodes.SignalBase + 2),
        IOException { HResult: BrokenPipe } =>
            new Failure("broken_pipe", "Nobody reads the output.", ExitCodes.BrokenPipe),
        IOException => new Failure("output", $"Cannot write: {e.Message}", ExitCodes.OutputError),
        UnauthorizedAccessException => new Failure("output", "The output is not open.", ExitCodes.OutputError),
        _ => new Failure("internal", $"A defect of guestctl: {e.GetType().Name}: {e.Message}", ExitCodes.GuestError),
    };

    private static Failure FromAgent(GuestAgentException e) => new(
        e.Code is { } code ? Word(code) : "unknown",
        Sentence(e),
        ExitCode(e),
        e.Detail is { } detail ? detail with { Result = null } : null);

    // A path of the configuration that the sentence has already is not said twice.
    private static string Sentence(GuestAgentException e) =>
        e.Detail?.Rule is { } rule && !(rule.Contains('.', StringComparison.Ordinal) && e.Message.Contains(rule, StringComparison.Ordinal))
            ? $"{e.Message} [{GuestText.OneLine(rule)}]"
            : e.Message;

    private static int ExitCode(ConnectionFailure reason) => reason switch
    {
        ConnectionFailure.ChannelHeld => ExitCodes.Busy,
        ConnectionFailure.ProtocolViolation or ConnectionFailure.Incompatible => ExitCodes.GuestError,
        _ => ExitCodes.Unavailable,
    };

    private static int ExitCode(WorkloadFailure reason) =>
        reason is WorkloadFailure.Lost or WorkloadFailure.AgentStopping ? ExitCodes.Unavailable : ExitCodes.GuestError;

    // Why a command did not start is its own table.
    private static int ExitCode(GuestAgentException e) =>
        e is GuestCommandException && e.Code is ErrorCode.NotFound or ErrorCode.CommandFailed
            ? ExitCodeOfStart(e.Detail)
            : ExitCode(e.Code, e.Detail);

    /// <summary>What an error of the agent exits with.</summary>
    public static int ExitCode(ErrorCode? code, ErrorDetail? detail) => code switch
    {
        ErrorCode.PermissionDenied => ExitCodes.Refused,
        ErrorCode.Busy => ExitCodes.Busy,
        ErrorCode.TimedOut => ExitCodes.TimedOut,
        ErrorCode.TooLarge when detail?.Errno is "ENOSPC" or "EDQUOT" or "EFBIG" => ExitCodes.OutputError,
        ErrorCode.InvalidParameters or ErrorCode.UnknownOperation or ErrorCode.TooLarge => ExitCodes.Usage,
        ErrorCode.NotFound => ExitCodes.NoInput,
        ErrorCode.Conflict => ExitCodes.CannotCreate,
        _ => ExitCodes.GuestError,
    };

    // As a shell tells them apart: the file is missing, or something else about the start.
    private static int ExitCodeOfStart(ErrorDetail? detail) =>
        detail is { Field: null or "params.command", Errno: null or "ENOENT" }
            ? ExitCodes.CommandNotFound
            : ExitCodes.CannotStart;

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(Enum.GetName(value)!);
}
