using GuestAgent.Benchmarks.Agents;
using GuestAgent.Benchmarks.Linux;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Host.Workloads;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>
/// Measures what it costs to have a program run that the host brings along, from the connection to its result, beside the
/// same program started here by nobody in between.
/// </summary>
internal sealed class WorkloadBenchmark(UnixSocketAgent agent)
{
    private const string Python = "/usr/bin/python3";
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(10);

    public void Run(Effort effort, Report report)
    {
        string[] empty = ["-c", "pass"];
        Comparison comparison = Comparison.Run(
            effort.WorkloadRounds, 5, () => RunAsync().GetAwaiter().GetResult(), () => SilentProcess.Run(Python, empty));
        report.Add("workload round trip, an empty program in python3", comparison);
        TimeSpan added = comparison.Ours.Median - comparison.Theirs.Median;
        report.Add(
            "  what the agent adds to the process, medians",
            Figure.Of(added.TotalMilliseconds, "ms"),
            "",
            $"< {Figure.Of(Target.TotalMilliseconds, "ms")}",
            added < Target);
    }

    private async Task RunAsync()
    {
        await using WorkloadClient guest = await WorkloadClient.DialAsync("unix://" + agent.SocketPath);
        WorkloadResult result = await guest.RunAsync(new WorkloadRequest("python") { Code = "pass" });
        if (result.ExitCode != 0)
        {
            throw new InvalidDataException($"python3 ended with {result.ExitCode}: {result.Error} {result.Output}");
        }
    }
}
