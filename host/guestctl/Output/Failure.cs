using GuestAgent.Errors;

namespace GuestAgent.Cli.Output;

/// <summary>A failure as users see it.</summary>
/// <param name="Kind">Stable snake_case word for programs.</param>
/// <param name="Message">One sentence.</param>
/// <param name="ExitCode">What guestctl exits with.</param>
/// <param name="Detail">Rule or field, when the agent named one.</param>
internal sealed record Failure(string Kind, string Message, int ExitCode, ErrorDetail? Detail = null)
{
    /// <summary>The same with its subject in front of the message, unless the message names it.</summary>
    public Failure About(string? subject) => subject is null || Message.Contains(subject, StringComparison.Ordinal)
        ? this
        : this with { Message = $"{subject}: {Message}" };
}
