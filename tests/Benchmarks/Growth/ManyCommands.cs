using System.Globalization;
using GuestAgent.Benchmarks.Agents;
using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;

namespace GuestAgent.Benchmarks.Growth;

/// <summary>Commands that are all asked for before the first answer is read, until the exit code of each is known.</summary>
internal static class ManyCommands
{
    private const int Rounds = 15;

    public static async Task<Curve> MeasureAsync(UnixSocketAgent agent, int[] counts, Report report)
    {
        Curve curve = new("/bin/true, all at once", "commands", "qemu-ga");
        await using UnixSocketAgent other = UnixSocketAgent.StartTheirs();
        using NativeClient ours = agent.Connect(path => new NativeClient(path));
        using QgaClient theirs = other.Connect(path => new QgaClient(path));
        foreach (int count in counts)
        {
            Comparison comparison = Comparison.Run(Rounds, 1, () => ours.RunMany(count), () => theirs.RunMany(count));
            curve.Points.Add((count, comparison.Ours.Median, comparison.Theirs.Median));
            report.Add(string.Create(CultureInfo.InvariantCulture, $"{curve.Title}, {count}"), comparison);
        }

        return curve;
    }
}
