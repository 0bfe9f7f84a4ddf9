using GuestAgent.Errors;

namespace GuestAgent.Host;

/// <summary>
/// A command was refused, could not be started, was cancelled or ran into its time limit. Not thrown for a command that
/// ran and failed: that is an ordinary result with an exit code.
/// </summary>
public sealed class GuestCommandException : GuestAgentException
{
    /// <summary>Creates the failure from what the agent sent.</summary>
    /// <param name="number">The error's number on the wire.</param>
    /// <param name="message">The agent's sentence.</param>
    /// <param name="detail">Rule, field or partial result; null when the agent named none.</param>
    /// <param name="partialResult">What the command did until then.</param>
    public GuestCommandException(int number, string message, ErrorDetail? detail, CommandResult? partialResult)
        : base(number, message, detail) => PartialResult = partialResult;

    /// <summary>
    /// What the command did until it was ended, with the output that the agent had kept (none for a streamed command,
    /// whose output went its own way). Null when the command never ran, or when the agent sent nothing usable.
    /// </summary>
    public CommandResult? PartialResult { get; }
}
