using System.CommandLine;
using GuestAgent.Cli.Live;
using GuestAgent.Cli.Output;
using GuestAgent.Cli.Running;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Host;

namespace GuestAgent.Cli.Verbs;

/// <summary><c>guestctl top</c>: what the guest is doing, as it does it.</summary>
internal sealed class TopVerb : GuestVerb
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly SecondsOption _interval =
        new("--interval", "Seconds between two reports, from 1; 2 by default", TimeSpan.FromHours(1), Shortest);

    private readonly Option<bool> _once = new("--once")
    {
        Description = "Print one report, over one interval (1 second by default), and end",
    };

    public TopVerb()
        : base(
            "top",
            "Watch the guest's processors, memory, disks and network. Ends by q or Ctrl-C; without a terminal a line each time.",
            "guestctl -g /run/vm1/agent.sock top --interval 5\n  guestctl -g /run/vm1/agent.sock top --json | jq .cpu")
    {
        Add(_interval);
        Add(_once);
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(
        GuestClient guest, ParseResult parsed, Report report, Interrupts interrupts)
    {
        bool once = parsed.GetValue(_once);
        TimeSpan interval = parsed.GetValue(_interval) ?? (once ? Shortest : Usual);
        if (!once && !report.IsJson && Screen.IsInteractive)
        {
            await ShowAsync(guest, interval, interrupts.First);
            return ExitCodes.Success;
        }

        await foreach (TelemetryReport state in guest.WatchTelemetryAsync(interval, interrupts.First))
        {
            report.Result(state, TelemetrySubscribeJson.Default.TelemetryReport, state =>
                once ? TelemetryPicture.Lines(state, report.Width) : [TelemetryLine.Text(state)]);
            if (once)
            {
                break;
            }
        }

        return ExitCodes.Success;
    }

    private static async Task ShowAsync(GuestClient guest, TimeSpan interval, CancellationToken cancellationToken)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var screen = new LiveScreen();
        screen.Draw(["The first report comes in a moment. q ends."]);
        Task quit = LiveScreen.WaitForQuitAsync();
        Task watch = WatchAsync(guest, interval, screen, leaving.Token);
        await Task.WhenAny(quit, watch);
        await leaving.CancelAsync();
        await watch;
    }

    private static async Task WatchAsync(
        GuestClient guest, TimeSpan interval, LiveScreen screen, CancellationToken leaving)
    {
        try
        {
            await foreach (TelemetryReport state in guest.WatchTelemetryAsync(interval, leaving))
            {
                screen.Draw(TelemetryPicture.Lines(state, Screen.Width));
            }
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // Leaving is no failure.
        }
    }
}
