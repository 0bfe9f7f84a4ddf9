using System.CommandLine;
using System.Text;
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

    /// <summary>Cells of a line of the terminal; null when none shows the output.</summary>
    public int? Width { get; } = !json && Screen.TakesOutput ? Screen.Width : null;

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

        Lines(describe(value));
    }

    /// <summary>Prints lines, which may contain text of the guest.</summary>
    public static void Lines(IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        foreach (string line in lines)
        {
            text.Append(GuestText.OneLine(line, int.MaxValue)).Append('\n');
        }

        // A verb that has nothing to say needs no output.
        if (text.Length > 0)
        {
            Text(text.ToString());
        }
    }

    /// <summary>Prints text as it is.</summary>
    public static void Text(string text)
    {
        using Stream output = StandardStreams.OpenOutput();
        output.Write(Encoding.UTF8.GetBytes(text));
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
            Encoder = VisibleJson.Encoder,
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
    /// <param name="e">The failure.</param>
    /// <param name="partial">What a command did until it was ended.</param>
    /// <param name="subject">What it is about, named in front when the message does not name it.</param>
    /// <returns>What to exit with.</returns>
    public int Fail(Exception e, ExecCommandResult? partial = null, string? subject = null)
    {
        Failure failure = Failures.From(e).About(subject);
        if (failure.ExitCode == ExitCodes.BrokenPipe)
        {
            return failure.ExitCode;
        }

        if (json && failure.ExitCode != ExitCodes.OutputError)
        {
            failure = TryJson(new FailureReport(failure, partial)) ?? failure;
        }

        StandardStreams.WriteError($"guestctl: {GuestText.OneLine(failure.Message)}\n");
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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NoOutputException)
        {
            return Failures.From(e);
        }
    }
}
