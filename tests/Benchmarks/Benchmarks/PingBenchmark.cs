using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Sites;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>Compares the round trip of <c>ping</c> with that of <c>guest-ping</c>.</summary>
internal sealed class PingBenchmark : IBenchmark
{
    private const double TargetRatio = 0.6;

    public Task RunAsync(ISite site, Effort effort, Report report)
    {
        using NativeClient ours = site.ConnectOurs();
        using IAgentClient theirs = site.ConnectTheirs();
        Comparison comparison = Comparison.Run(effort.Rounds, effort.PingsPerRound, ours.Ping, theirs.Ping);
        report.Add("ping", comparison, TargetRatio);
        return Task.CompletedTask;
    }
}
