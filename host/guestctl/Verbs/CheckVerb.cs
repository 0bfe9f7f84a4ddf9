using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Agent;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl check</c>: would the guest's policy let an operation happen?</summary>
internal sealed class CheckVerb : GuestVerb
{
    private readonly Argument<string> _operation = new("OPERATION")
    {
        Description = "Name of the operation, such as file_read",
    };

    private readonly ParametersArgument _parameters = new();

    public CheckVerb()
        : base(
            "check",
            "Ask whether the guest's policy would let an operation happen, and by which rule. Nothing is done.",
            """guestctl -g /run/vm1/agent.sock check exec_command '{"command":"/usr/bin/id"}'""")
    {
        Add(_operation);
        Add(_parameters);
    }

    /// <inheritdoc/>
    protected override bool ReadsInput(ParseResult parsed) => _parameters.ReadsInput(parsed);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        PolicyCheckResult result = await guest.CheckPolicyAsync(
            parsed.GetValue(_operation)!, await _parameters.ReadAsync(parsed, interrupts.First), interrupts.First);
        report.Result(result, PolicyCheckJson.Default.PolicyCheckResult, Describe);
        return result.Refusal is { } refusal ? Failures.ExitCode(refusal.Code, refusal.Data) : ExitCodes.Success;
    }

    private static IEnumerable<string> Describe(PolicyCheckResult result) => result switch
    {
        { Refusal: { } refusal } => [$"refused: {refusal.Message}{(refusal.Data?.Rule is { } rule ? $" [{rule}]" : "")}"],
        { AllowedBy: { } rule } => [$"allowed by {rule}"],
        _ => ["allowed"],
    };
}
