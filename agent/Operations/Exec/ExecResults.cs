using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using GuestAgent.Commands;
using GuestAgent.Contracts;
using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Policy;

namespace GuestAgent.Operations.Exec;

/// <summary>Turns the end of a command into the result of <c>exec_command</c>, or into the error that carries it.</summary>
internal static class ExecResults
{
    /// <summary>The result of a command that ended by itself.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.TimedOut"/> or <see cref="ErrorCode.Cancelled"/>, with
    /// what there is of the result.</exception>
    public static ExecCommandResult Report(
        CommandOutcome outcome, IOutputSink stdout, IOutputSink stderr, TextEncoding wanted, TimeLimit limit)
    {
        TextEncoding encoding = Choose(wanted, stdout, stderr);
        var result = new ExecCommandResult(
            outcome.Status.ExitCode ?? -1,
            outcome.Status.Signal,
            Encode(stdout, encoding),
            Encode(stderr, encoding),
            encoding,
            (long)outcome.Elapsed.TotalMilliseconds,
            outcome.EndReason == EndReason.TimedOut,
            stdout.Truncated,
            stderr.Truncated,
            stdout.TotalBytes,
            stderr.TotalBytes);
        return outcome.EndReason switch
        {
            EndReason.Exited => result,
            EndReason.TimedOut => throw limit.Exceeded("The command", Detail(result)),
            _ => throw new OperationException(
                ErrorCode.Cancelled, "The command was cancelled.", Detail(result) with { Rule = "cancel" }),
        };
    }

    private static ErrorDetail Detail(ExecCommandResult result) =>
        new(Result: JsonSerializer.SerializeToElement(result, ExecCommandJson.Default.ExecCommandResult));

    /// <summary>How outputs are written: as asked for, or as all of them can be.</summary>
    public static TextEncoding Choose(TextEncoding wanted, params ReadOnlySpan<IOutputSink> outputs)
    {
        if (wanted != TextEncoding.Auto)
        {
            return wanted;
        }

        foreach (IOutputSink output in outputs)
        {
            if (!Utf8.IsValid(Whole(output)))
            {
                return TextEncoding.Base64;
            }
        }

        return TextEncoding.Utf8;
    }

    /// <summary>What was kept of an output, as text.</summary>
    public static string Encode(IOutputSink output, TextEncoding encoding) => encoding == TextEncoding.Base64
        ? Convert.ToBase64String(output.Kept.Span)
        : Encoding.UTF8.GetString(Whole(output));

    // Where the cap cut through a character, the text ends before it.
    private static ReadOnlySpan<byte> Whole(IOutputSink output)
    {
        ReadOnlySpan<byte> bytes = output.Kept.Span;
        if (!output.Truncated)
        {
            return bytes;
        }

        for (int back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            byte lead = bytes[^back];
            if ((lead & 0xC0) != 0x80)
            {
                int length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
                return length > back ? bytes[..^back] : bytes;
            }
        }

        return bytes;
    }
}
