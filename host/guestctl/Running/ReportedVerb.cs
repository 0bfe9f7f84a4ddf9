using System.CommandLine;
using GuestAgent.Cli.Output;

namespace GuestAgent.Cli.Running;

/// <summary>A verb whose every failure becomes one line and an exit code.</summary>
internal abstract class ReportedVerb : Verb
{
    protected ReportedVerb(string name, string description, string example)
        : base(name, description, example) => SetAction((parsed, _) => InvokeAsync(parsed));

    /// <summary>Does the work.</summary>
    /// <returns>What to exit with.</returns>
    protected abstract Task<int> WorkAsync(ParseResult parsed, Report report, Interrupts interrupts);

    private async Task<int> InvokeAsync(ParseResult parsed)
    {
        var report = Report.For(parsed);
        using var interrupts = new Interrupts();
        Task<int> work = WorkAsync(parsed, report, interrupts);
        await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return work.IsCompletedSuccessfully ? await work
            : work.IsCanceled && interrupts.ExitCode is { } code ? code
            : report.Fail(work.Exception?.InnerException ?? new OperationCanceledException());
    }
}
