using GuestAgent.Contracts.Exec;

namespace GuestAgent.Cli.Output;

/// <summary>What <c>--json</c> prints instead of a result.</summary>
/// <param name="Error">What went wrong.</param>
/// <param name="Result">What a command did until it was ended.</param>
internal sealed record FailureReport(Failure Error, ExecCommandResult? Result = null);
