using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Sites;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>Counts how often the threads of an idle agent wake up.</summary>
/// <param name="hostAttached">With a host that says nothing, or without one.</param>
internal sealed class WakeUpBenchmark(bool hostAttached) : IBenchmark
{
    private const double Target = 1;

    // What the start or the last requests have left to do is not idleness.
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(1);

    public async Task RunAsync(ISite site, Effort effort, Report report)
    {
        using NativeClient? ours = hostAttached ? site.ConnectOurs() : null;
        using IAgentClient? theirs = hostAttached ? site.ConnectTheirs() : null;
        ours?.Ping();
        theirs?.Ping();
        await Task.Delay(SettlingTime);
        (ProcessFigures oursBefore, ProcessFigures theirsBefore) = await InspectAsync(site);
        await Task.Delay(effort.IdleTime);
        (ProcessFigures oursAfter, ProcessFigures theirsAfter) = await InspectAsync(site);
        double rate = Rate(oursBefore, oursAfter);
        report.Add(
            $"wake-ups, idle, host {(hostAttached ? "attached" : "absent")}",
            $"{Figure.Of(rate, "/s")} ({oursAfter.Sleeps.Count} threads)",
            $"{Figure.Of(Rate(theirsBefore, theirsAfter), "/s")} ({theirsAfter.Sleeps.Count} threads)",
            $"<= {Figure.Of(Target, "/s")}",
            rate <= Target);

        double Rate(ProcessFigures before, ProcessFigures after) =>
            after.WakeUpsSince(before) / effort.IdleTime.TotalSeconds;
    }

    private static async Task<(ProcessFigures Ours, ProcessFigures Theirs)> InspectAsync(ISite site) =>
        (await site.InspectOursAsync(), await site.InspectTheirsAsync());
}
