using System.CommandLine;
using System.Text.Json;
using GuestAgent.Cli.Local;

namespace GuestAgent.Cli.Running;

/// <summary>Parameters of an operation, as JSON.</summary>
internal sealed class ParametersArgument : Argument<string?>
{
    private const string StandardInput = "-";

    public ParametersArgument()
        : base("JSON")
    {
        Description = "Its parameters, a JSON object; - reads them from standard input";
        Arity = ArgumentArity.ZeroOrOne;
    }

    /// <summary>True when they come from standard input.</summary>
    public bool ReadsInput(ParseResult parsed) => parsed.GetValue(this) == StandardInput;

    /// <summary>Reads them.</summary>
    /// <exception cref="UsageException">They are not a JSON object.</exception>
    public async Task<JsonElement> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string? text = parsed.GetValue(this);
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
