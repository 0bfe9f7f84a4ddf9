using System.CommandLine;
using System.Text.Json;
using GuestAgent.Cli.Completion;
using GuestAgent.Cli.Local;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl call</c>: any operation by its name, for what has no verb of its own.</summary>
internal sealed class CallVerb : GuestVerb
{
    private const string StandardInput = "-";

    private readonly Argument<string> _method = new("METHOD")
    {
        Description = "Name of the operation, such as get_agent_info",
    };

    private readonly Argument<string?> _parameters = new("JSON")
    {
        Description = "Its parameters, a JSON object; - reads them from standard input",
        Arity = ArgumentArity.ZeroOrOne,
    };

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
    protected override bool ReadsInput(ParseResult parsed) => parsed.GetValue(_parameters) == StandardInput;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        JsonElement parameters = await ReadParametersAsync(parsed.GetValue(_parameters), interrupts.First);
        JsonElement result = await guest.CallAsync(
            parsed.GetValue(_method)!, parameters, parsed.GetValue(_timeout), interrupts.First);
        report.Json(result);
        return ExitCodes.Success;
    }

    private static async Task<JsonElement> ReadParametersAsync(string? text, CancellationToken cancellationToken)
    {
        try
        {
            text = text == StandardInput ? await InputFile.ReadTextAsync(text, cancellationToken) : text;
            JsonElement parameters = JsonElement.Parse(text ?? "{}");
            return parameters.ValueKind == JsonValueKind.Object
                ? parameters
                : throw new UsageException("the parameters are not a JSON object");
        }
        catch (JsonException e)
        {
            throw new UsageException(
                $"the parameters are not JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine})", e);
        }
    }
}
