using System.Globalization;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Sites;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>
/// Compares how long a file takes over vsock between two processes of one VM, from the agent to the host library and from
/// one socat to another. Neither checks what has come; the script does.
/// </summary>
internal sealed class VsockDownloadBenchmark(VsockSite site)
{
    private const double TargetSpeed = 0.75;

    public async Task RunAsync(Effort effort, Report report)
    {
        Samples ours = new(effort.VsockRounds);
        Samples theirs = new(effort.VsockRounds);
        foreach ((TimeSpan mine, TimeSpan peers) in await site.DownloadAsync(effort.VsockRounds))
        {
            ours.Add(mine);
            theirs.Add(peers);
        }

        double speed = theirs.Median / ours.Median;
        report.Add($"download of {VsockSite.FileMebibytes} MiB, n={ours.Count}", Figure.Of(ours), Figure.Of(theirs));
        report.Add(
            "  speed",
            Figure.Of(Speed(ours), "MiB/s"),
            Figure.Of(Speed(theirs), "MiB/s"),
            string.Create(CultureInfo.InvariantCulture, $"{speed:0.00} of socat, >= {TargetSpeed:0.00}"),
            speed >= TargetSpeed);
    }

    private static double Speed(Samples samples) => VsockSite.FileMebibytes / samples.Median.TotalSeconds;
}
