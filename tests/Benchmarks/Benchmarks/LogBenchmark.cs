using System.Globalization;
using GuestAgent.Benchmarks.Agents;
using GuestAgent.Benchmarks.Reporting;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>
/// Measures how fast a program's lines come through agent and host library, each one checked, and the most memory that
/// either takes meanwhile: at full speed, and when the reader sleeps in between.
/// </summary>
internal sealed class LogBenchmark(UnixSocketAgent agent)
{
    private const int LineBytes = 80;
    private const double SpeedTarget = 20;
    private const double AgentTarget = 24e6;
    private const double ReaderTarget = 32e6;

    private static readonly TimeSpan Nap = TimeSpan.FromSeconds(3);

    public void Run(Effort effort, Report report)
    {
        Run("lines of 80 bytes", TimeSpan.Zero, effort, report);
        Run("lines, reader sleeps for 3 s", Nap, effort, report);
    }

    private void Run(string what, TimeSpan pause, Effort effort, Report report)
    {
        agent.ForgetPeak();
        double[] figures = LineReader.Run(agent.SocketPath, effort.LogLines, LineBytes, pause);
        double megabytes = (double)effort.LogLines * LineBytes / 1e6;
        string name = string.Create(CultureInfo.InvariantCulture, $"{effort.LogLines} {what}");
        if (pause == TimeSpan.Zero)
        {
            double speed = megabytes / figures[0];
            report.Add(name, Figure.Of(speed, "MB/s"), "", $"> {Figure.Of(SpeedTarget, "MB/s")}", speed > SpeedTarget);
        }
        else
        {
            report.Add(name, Figure.Of(figures[0], "s"));
        }

        Limit("  most RSS of the agent", agent.PeakBytes(), AgentTarget, report);
        Limit("  most RSS of the reader", figures[1] * 1024, ReaderTarget, report);
    }

    private static void Limit(string what, double bytes, double target, Report report) =>
        report.Add(what, Figure.Of(bytes / 1e6, "MB"), "", $"< {Figure.Of(target / 1e6, "MB")}", bytes < target);
}
