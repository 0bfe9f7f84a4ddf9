using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Linux;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Sites;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>Compares how long it takes until the exit code of /bin/true is known.</summary>
internal sealed class ExecBenchmark : IBenchmark
{
    private const double TargetRatio = 0.42;
    private const string Command = "/bin/true";

    public Task RunAsync(ISite site, Effort effort, Report report)
    {
        using NativeClient ours = site.ConnectOurs();
        using IAgentClient theirs = site.ConnectTheirs();
        report.Add("exec /bin/true, until its exit code is known", Run(ours.RunTrue, theirs.RunTrue), TargetRatio);
        report.Add(
            "exec /bin/true, both capture output", Run(ours.RunTrueCaptured, theirs.RunTrueCaptured), TargetRatio);
        if (site.HasRealSpeed)
        {
            Samples alone = Samples.Take(effort.Rounds * effort.CommandsPerRound, () => SilentProcess.Run(Command));
            report.Add("  the process alone, without any agent", Figure.Of(alone));
        }

        return Task.CompletedTask;

        Comparison Run(Action mine, Action peer) =>
            Comparison.Run(effort.Rounds, effort.CommandsPerRound, mine, peer);
    }
}
