using System.Globalization;
using GuestAgent.Benchmarks.Agents;
using GuestAgent.Benchmarks.Linux;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Rivals;

namespace GuestAgent.Benchmarks.Growth;

/// <summary>Measures what becomes more expensive when there is more of it, each beside what many would use instead.</summary>
internal sealed class GrowthBenchmark(SecureShell shell, Report report)
{
    private const long MiB = 1 << 20;

    private static readonly int[] Connections = [1, 8, 64, 127];
    private static readonly int[] Commands = [1, 32, 256];
    private static readonly int[] Files = [1_000, 100_000];
    private static readonly int[] Mounts = [10, 1_000];
    private static readonly long[] Sizes = [1, 64, 4096];

    /// <summary>Measures all of it.</summary>
    /// <param name="isQuick">Leaves out the largest of each.</param>
    public async Task<IReadOnlyList<Curve>> RunAsync(bool isQuick)
    {
        List<Curve> curves = [];
        await using (UnixSocketAgent agent = UnixSocketAgent.StartOurs(AgentConfiguration.ForMany))
        {
            await agent.WaitUntilBoundAsync();
            curves.Add(await ManyConnections.MeasureAsync(agent, Take(Connections, isQuick), report));
            curves.Add(await ManyCommands.MeasureAsync(agent, Take(Commands, isQuick), report));
            using MemoryFiles files = new();
            curves.Add(Listings(agent, files, Take(Files, isQuick)));
            curves.AddRange(Copies(agent, files, Take(Sizes, isQuick)));
        }

        curves.Add(await MountsAsync(Take(Mounts, isQuick)));
        return curves;
    }

    private static T[] Take<T>(T[] amounts, bool isQuick) => isQuick ? amounts[..^1] : amounts;

    private static void Guestctl(UnixSocketAgent agent, params string[] words) =>
        SilentProcess.Run(AgentBinary.Guestctl, ["-g", "unix://" + agent.SocketPath, .. words]);

    private Curve Listings(UnixSocketAgent agent, MemoryFiles files, int[] counts)
    {
        Curve curve = new("guestctl ls; ssh ls", "files", "ssh, ControlMaster");
        foreach (int count in counts)
        {
            string directory = Directory.CreateDirectory(files.PathOf(Text(count))).FullName;
            for (int i = 0; i < count; i++)
            {
                File.Create(Path.Combine(directory, "file-" + Text(i))).Dispose();
            }

            Add(curve, count, 9, () => Guestctl(agent, "ls", directory), () => shell.Run("ls " + directory));
        }

        return curve;
    }

    private IEnumerable<Curve> Copies(UnixSocketAgent agent, MemoryFiles files, long[] sizes)
    {
        Curve up = new("guestctl cp to the guest; scp", "MiB", "scp");
        Curve down = new("guestctl cp from the guest; scp", "MiB", "scp");
        foreach (long size in sizes)
        {
            string source = files.Create("source", size * MiB);
            string target = files.PathOf("target");
            int rounds = size > 1000 ? 1 : 9;
            Add(
                up,
                size,
                rounds,
                () => Guestctl(agent, "cp", source, ":" + target),
                () => shell.CopyFile(source, $"{SecureShell.Host}:{target}"));
            Add(
                down,
                size,
                rounds,
                () => Guestctl(agent, "cp", ":" + source, target),
                () => shell.CopyFile($"{SecureShell.Host}:{source}", target));
            File.Delete(source);
            File.Delete(target);
        }

        return [up, down];
    }

    private async Task<Curve> MountsAsync(int[] counts)
    {
        Curve curve = new("guestctl df; ssh df", "mounts", "ssh, ControlMaster");
        foreach (int count in counts)
        {
            using MountedAgent mounted = new(count);
            await using UnixSocketAgent agent = UnixSocketAgent.StartOurs(AgentConfiguration.ForMany, mounted.Program);
            await agent.WaitUntilBoundAsync();
            // The same mounts for the other, whose command enters them: a millisecond of it.
            string df = $"nsenter -t {Text(agent.ProcessId)} -m df";
            Add(curve, count, 9, () => Guestctl(agent, "df"), () => shell.Run(df));
        }

        return curve;
    }

    private void Add(Curve curve, double amount, int rounds, Action ours, Action theirs)
    {
        Comparison comparison = Comparison.Run(rounds, 1, ours, theirs);
        curve.Points.Add((amount, comparison.Ours.Median, comparison.Theirs.Median));
        report.Add(string.Create(CultureInfo.InvariantCulture, $"{curve.Title}, {amount} {curve.Of}"), comparison);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
