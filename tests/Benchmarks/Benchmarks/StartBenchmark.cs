using System.Diagnostics;
using GuestAgent.Benchmarks.Agents;
using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>Measures the time from the start of the process to the answer of the first ping.</summary>
internal sealed class StartBenchmark(Peer peer)
{
    private const double TargetRatio = 2.5;
    private const double Aim = 2;

    public async Task RunAsync(Effort effort, Report report) => report.Add(
        "start to first ping",
        await Comparison.RunAsync(
            effort.Starts,
            () => StartAsync(UnixSocketAgent.StartOurs, path => new NativeClient(path)),
            () => StartAsync(peer.Start, peer.Connect)),
        TargetRatio,
        Aim);

    private static async Task<TimeSpan> StartAsync(Func<UnixSocketAgent> start, Func<string, IAgentClient> connect)
    {
        long before = Stopwatch.GetTimestamp();
        await using UnixSocketAgent agent = start();
        using IAgentClient client = agent.Connect(connect);
        client.Ping();
        return Stopwatch.GetElapsedTime(before);
    }
}
