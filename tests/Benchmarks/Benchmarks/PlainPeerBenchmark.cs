using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Linux;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Rivals;
using GuestAgent.Benchmarks.Sites;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>
/// Compares with the least that is possible: a program in C that echoes and starts processes, and the process alone. Counts the
/// system calls of both.
/// </summary>
internal sealed class PlainPeerBenchmark(UnixSocketSite site)
{
    private const double PingTarget = 2.0;
    private const double AloneTarget = 1.15;
    private const string Command = "/bin/true";

    public async Task RunAsync(Effort effort, Report report)
    {
        await using PlainPeer plain = await PlainPeer.StartAsync();
        using NativeClient ours = site.ConnectOurs();
        using NativeClient theirs = plain.Connect();
        report.Add("ping; an echo in C", Comparison.Run(effort.Rounds, effort.PingsPerRound, ours.Ping, theirs.Ping), PingTarget);
        report.Add(
            "exec /bin/true; a program in C with posix_spawn",
            Comparison.Run(effort.Rounds, effort.CommandsPerRound, ours.RunTrue, theirs.RunTrue));
        report.Add(
            "exec /bin/true; the process alone",
            Comparison.Run(effort.Rounds, effort.CommandsPerRound, ours.RunTrue, () => SilentProcess.Run(Command)),
            AloneTarget);
        await CountAsync("  system calls of a ping", effort.CountedPings, ours.Ping, theirs.Ping);
        await CountAsync("  system calls of exec /bin/true, the child's too", effort.CountedCommands, ours.RunTrue, theirs.RunTrue);

        async Task CountAsync(string what, int count, Action mine, Action peers) => report.Add(
            what,
            Figure.Of(await SystemCalls.CountAsync(site.Ours.ProcessId, count, mine), ""),
            Figure.Of(await SystemCalls.CountAsync(plain.ProcessId, count, peers), ""));
    }
}
