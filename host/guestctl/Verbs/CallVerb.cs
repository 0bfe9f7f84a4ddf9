using System.CommandLine;
using System.Text.Json;
using GuestAgent.Cli.Completion;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl call</c>: any operation by its name, for what has no verb of its own.</summary>
internal sealed class CallVerb : GuestVerb
{
    private readonly Argument<string> _method = new("METHOD")
    {
        Description = "Name of the operation, such as get_agent_info",
    };

    private readonly ParametersArgument _parameters = new();

    private readonly SecondsOption _timeout =
        new("--timeout", "Seconds that the agent may take; 30 by default", GuestCommand.MaxTimeout);

    public CallVerb()
        : base(
            "call",
            "Call an operation of the agent by its name and print its result.",
            """guestctl -g /run/vm1/agent.sock call exec_command '{"command":"/bin/true"}'""")
    {
        _method.CompletionSources.Add(GuestWords.Operations);
        Add(_method);
        Add(_parameters);
        Add(_timeout);
    }

    /// <inheritdoc/>
    protected override bool ReadsInput(ParseResult parsed) => _parameters.ReadsInput(parsed);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        JsonElement parameters = await _parameters.ReadAsync(parsed, interrupts.First);
        JsonElement result = await guest.CallAsync(
            parsed.GetValue(_method)!, parameters, parsed.GetValue(_timeout), interrupts.First);
        report.Json(result);
        return ExitCodes.Success;
    }
}
