using System.CommandLine;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl quiesce</c>: leaves the guest alone while a program of this host takes a snapshot of it.</summary>
internal sealed class QuiesceVerb : GuestVerb
{
    private readonly Argument<string[]> _command = new("CMD")
    {
        Description = "Program of this host to run meanwhile, and its arguments, which are not looked at",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly SecondsOption _within = new(
        "--within", "Seconds in which the guest must have come to rest; 30 by default", TimeSpan.FromDays(1));

    public QuiesceVerb()
        : base(
            "quiesce",
            "Hold the guest's channel with nothing under way and nothing unread, for a snapshot.",
            "guestctl -g /run/vm1/agent.sock quiesce virsh snapshot-create-as vm1 before-upgrade\n" +
            "  guestctl -g /run/vm1/agent.sock quiesce && take-snapshot")
    {
        Add(_command);
        Add(_within);
    }

    /// <inheritdoc/>
    public override bool TakesCommand => true;

    /// <inheritdoc/>
    protected override string ExitCodeTable => $"""
        With CMD the exit code is its own, 126 or 127 when it cannot be started; it is not run unless the guest is at rest.

        {ExitCodes.Table}
        """;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        await using IAsyncDisposable rest = await guest.QuiesceAsync(parsed.GetValue(_within), interrupts.First);
        if (parsed.GetValue(_command) is [_, ..] words)
        {
            return await LocalCommand.RunAsync(words, interrupts);
        }

        report.Result(
            new QuietReport(Quiet: true),
            OutputJson.Default.QuietReport,
            static _ => ["quiet: nothing is under way and nothing unread, a snapshot may be taken"]);
        return ExitCodes.Success;
    }
}
