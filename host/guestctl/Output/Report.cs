using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using GuestAgent.Contracts.Exec;
using GuestAgent.Host;

namespace GuestAgent.Cli.Output;

/// <summary>
/// Prints results and failures, for people or for programs. Text of the guest never reaches a terminal raw.
/// </summary>
internal sealed class Report(bool json)
{
    /// <summary>True when programs read the output.</summary>
    public bool IsJson => json;

    /// <summary>The report that the command line asks for.</summary>
    public static Report For(ParseResult parsed) => new(parsed.GetValue(GlobalOptions.Json));

    /// <summary>Prints a result: as JSON, or as lines.</summary>
    public void Result<T>(T value, JsonTypeInfo<T> shape, Func<T, IEnumerable<string>> describe)
    {
        if (json)
        {
            Json(value, shape);
            return;
        }

        foreach (string line in describe(value))
        {
            Console.Out.WriteLine(GuestText.OneLine(line));
        }
    }

    /// <summary>Prints JSON: one line for programs, indented for people.</summary>
    public void Json(JsonElement value) => Json(value, OutputJson.Default.JsonElement);

    /// <summary>Prints a value as JSON.</summary>
    public void Json<T>(T value, JsonTypeInfo<T> shape)
    {
        using Stream output = StandardStreams.OpenOutput();
        var options = new JsonWriterOptions
        {
            Indented = !json,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var writer = new Utf8JsonWriter(output, options))
        {
            JsonSerializer.Serialize(writer, value, shape);
        }

        output.Write("\n"u8);
    }

    /// <summary>
    /// Prints a failure: one line on standard error, and with <c>--json</c> an object on standard output too.
    /// </summary>
    /// <returns>What to exit with.</returns>
    public int Fail(Exception e, ExecCommandResult? partial = null)
    {
        Failure failure = Failures.From(e);
        if (failure.ExitCode == ExitCodes.BrokenPipe)
        {
            return failure.ExitCode;
        }

        if (json && failure.ExitCode != ExitCodes.OutputError)
        {
            failure = TryJson(new FailureReport(failure, partial)) ?? failure;
        }

        Console.Error.WriteLine($"guestctl: {GuestText.OneLine(failure.Message)}");
        return failure.ExitCode;
    }

    // Not even the failure can be printed where programs look for it: then that is the failure.
    private Failure? TryJson(FailureReport report)
    {
        try
        {
            Json(report, OutputJson.Default.FailureReport);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Failures.From(e);
        }
    }
}
