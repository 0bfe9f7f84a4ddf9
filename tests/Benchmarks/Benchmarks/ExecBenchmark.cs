using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Linux;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Sites;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>Compares how long it takes until the exit code of /bin/true is known.</summary>
internal sealed class ExecBenchmark : IBenchmark
{
    private const double TargetRatio = 0.6;
    private const double Aim = 0.5;
    private const string Command = "/bin/true";

    public Task RunAsync(ISite site, Effort effort, Report report)
    {
        using NativeClient ours = site.ConnectOurs();
        using QgaClient theirs = site.ConnectTheirs();
        report.Add("exec /bin/true, until its exit code is known", Run(ours.RunTrue, theirs.RunTrue), TargetRatio, Aim);
        report.Add(
            "exec /bin/true, both capture output", Run(ours.RunTrueCaptured, theirs.RunTrueCaptured), TargetRatio, Aim);
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
