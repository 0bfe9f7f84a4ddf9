using System.CommandLine;
using GuestAgent.Cli.Output;

namespace GuestAgent.Cli.Running;

/// <summary>A verb whose every failure becomes one line and an exit code.</summary>
internal abstract class ReportedVerb : Verb
{
    protected ReportedVerb(string name, string description, string example)
        : base(name, description, example) => SetAction((parsed, _) => InvokeAsync(parsed));

    /// <summary>True when it reads standard input.</summary>
    protected virtual bool ReadsInput(ParseResult parsed) => false;

    /// <summary>True when it writes standard output, as nearly all do.</summary>
    protected virtual bool WritesOutput(ParseResult parsed) => true;

    /// <summary>Does the work.</summary>
    /// <returns>What to exit with.</returns>
    protected abstract Task<int> WorkAsync(ParseResult parsed, Report report, Interrupts interrupts);

    private async Task<int> InvokeAsync(ParseResult parsed)
    {
        var report = Report.For(parsed);
        using var interrupts = new Interrupts();
        Task<int> work = CheckedAsync(parsed, report, interrupts);
        await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return work.IsCompletedSuccessfully ? await work
            : work.IsCanceled && interrupts.ExitCode is { } code ? code
            : report.Fail(work.Exception?.InnerException ?? new OperationCanceledException());
    }

    private async Task<int> CheckedAsync(ParseResult parsed, Report report, Interrupts interrupts)
    {
        StandardStreams.Require(ReadsInput(parsed), WritesOutput(parsed));
        return await WorkAsync(parsed, report, interrupts);
    }
}
