using System.Globalization;
using GuestAgent.Benchmarks.Measuring;

namespace GuestAgent.Benchmarks.Reporting;

/// <summary>Writes figures for people.</summary>
internal static class Figure
{
    private const double Mega = 1e6;

    /// <summary>Median, 95th and 99th percentile in one unit.</summary>
    public static string Of(Samples samples)
    {
        bool small = samples.Median < TimeSpan.FromMilliseconds(1);
        double Scale(TimeSpan time) => small ? time.TotalMicroseconds : time.TotalMilliseconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Scale(samples.Median):0.0} / {Scale(samples.P95):0.0} / {Scale(samples.P99):0.0} {(small ? "us" : "ms")}");
    }

    /// <summary>Resident, proportional and private dirty memory in megabytes (10^6).</summary>
    public static string Of(ProcessFigures figures) => string.Create(
        CultureInfo.InvariantCulture,
        $"{figures.ResidentBytes / Mega:0.0} / {figures.ProportionalBytes / Mega:0.0} / {figures.PrivateDirtyBytes / Mega:0.0} MB");

    public static string Of(double number, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:0.0} {unit}");
}
