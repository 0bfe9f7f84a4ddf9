using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Sites;

namespace GuestAgent.Benchmarks.Benchmarks;

/// <summary>Reports pings that were answered while other work went on.</summary>
internal static class PingLatency
{
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(5);

    public static void Add(string meanwhile, Samples pings, ISite site, Report report, string theirs = "")
    {
        report.Add(
            $"ping while {meanwhile}",
            Figure.Of(pings),
            theirs,
            site.HasRealSpeed ? "p99 < 5 ms" : "",
            site.HasRealSpeed ? pings.P99 < Target : null);
    }
}
