using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Host;

namespace GuestAgent.Cli.Running;

/// <summary>
/// A verb that talks to a guest: connects first, and turns every failure into one line and an exit code.
/// </summary>
internal abstract class GuestVerb : Verb
{
    protected GuestVerb(string name, string description, string example)
        : base(name, description, example) => SetAction((parsed, _) => InvokeAsync(parsed));

    /// <summary>Connects to the guest.</summary>
    protected virtual Task<GuestClient> ConnectAsync(
        GuestEndpoint endpoint, ParseResult parsed, CancellationToken cancellationToken) =>
        GuestClient.ConnectAsync(endpoint, GlobalOptions.Client(parsed), cancellationToken);

    /// <summary>Does the work.</summary>
    /// <returns>What to exit with.</returns>
    protected abstract Task<int> RunAsync(GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts);

    private async Task<int> InvokeAsync(ParseResult parsed)
    {
        var report = Report.For(parsed);
        using var interrupts = new Interrupts();
        Task<int> work = ConnectAndRunAsync(parsed, report, interrupts);
        await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return work.IsCompletedSuccessfully ? await work
            : work.IsCanceled && interrupts.ExitCode is { } code ? code
            : report.Fail(work.Exception?.InnerException ?? new OperationCanceledException());
    }

    private async Task<int> ConnectAndRunAsync(ParseResult parsed, Report report, Interrupts interrupts)
    {
        GuestEndpoint endpoint = GlobalOptions.Endpoint(parsed);
        await using GuestClient guest = await ConnectAsync(endpoint, parsed, interrupts.First);
        return await RunAsync(guest, parsed, report, interrupts);
    }
}
