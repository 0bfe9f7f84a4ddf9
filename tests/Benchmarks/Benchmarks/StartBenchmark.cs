using System.Diagnostics;
using GuestAgent.Benchmarks.Agents;
using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>Measures the time from the start of the process to the answer of the first ping.</summary>
internal sealed class StartBenchmark
{
    public async Task RunAsync(Effort effort, Report report)
    {
        Samples ours = new(effort.Starts);
        Samples theirs = new(effort.Starts);
        for (int i = 0; i < effort.Starts; i++)
        {
            await StartAsync(ours, UnixSocketAgent.StartOurs, path => new NativeClient(path));
            await StartAsync(theirs, UnixSocketAgent.StartTheirs, path => new QgaClient(path));
        }

        report.Add($"start to first ping, n={effort.Starts}", Figure.Of(ours), Figure.Of(theirs));
    }

    private static async Task StartAsync<T>(Samples samples, Func<UnixSocketAgent> start, Func<string, T> connect)
        where T : IAgentClient
    {
        long before = Stopwatch.GetTimestamp();
        await using UnixSocketAgent agent = start();
        using T client = agent.Connect(connect);
        client.Ping();
        samples.AddSince(before);
    }
}
