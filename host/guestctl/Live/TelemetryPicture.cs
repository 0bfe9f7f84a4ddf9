using System.Globalization;
using GuestAgent.Cli.Output;
using GuestAgent.Contracts.Telemetry;

namespace GuestAgent.Cli.Live;

/// <summary>A telemetry report as a page of text.</summary>
internal static class TelemetryPicture
{
    private const int BarWidth = 30;

    /// <summary>The lines.</summary>
    /// <param name="report">What the guest told.</param>
    /// <param name="width">Where to cut them; null for nowhere.</param>
    public static IEnumerable<string> Lines(TelemetryReport report, int? width) => Summary(report)
        .Concat(TelemetryTables.Lines(report))
        .Select(line => width is { } cells ? DisplayText.Cut(line, cells) : line);

    private static IEnumerable<string> Summary(TelemetryReport report)
    {
        ProcessCounts processes = report.Processes;
        yield return string.Join(
            "   ",
            $"{GuestInstant.Seconds(report.TimeMs, TimeZoneInfo.Utc)} UTC",
            $"up {Quantity.Clock(report.UptimeSeconds)}",
            $"load {Quantity.Join(report.LoadAverage, "0.00", " ")}",
            Text($"processes {processes.Total}, {processes.Running} running, {processes.Blocked} blocked"));
        yield return "";
        CpuActivity cpu = report.Cpu;
        yield return Gauge("CPU", cpu.BusyPercent) + Text(
            $"user {cpu.UserPercent:0.0}  system {cpu.SystemPercent:0.0}  iowait {cpu.IowaitPercent:0.0}") +
            Text($"  steal {cpu.StealPercent:0.0}");
        if (cpu.PerCpu.Count > 1)
        {
            yield return $"      each {Each(cpu)}";
        }

        MemoryUsage memory = report.Memory;
        yield return Room("RAM", memory.TotalKb, memory.AvailableKb) +
            $"  buffers {Quantity.SizeOfKb(memory.BuffersKb)}  cached {Quantity.SizeOfKb(memory.CachedKb)}";
        if (report.Swap.TotalKb > 0)
        {
            yield return Room("Swap", report.Swap.TotalKb, report.Swap.FreeKb);
        }
    }

    private static string Room(string name, long totalKb, long freeKb) =>
        Gauge(name, totalKb > 0 ? 100 * ((double)totalKb - freeKb) / totalKb : 0) +
        $"{Quantity.SizeOfKb(totalKb)} in all  {Quantity.SizeOfKb(freeKb)} available";

    private static string Gauge(string name, double percent) =>
        $"{name,-5} {ProgressBar.Draw(percent / 100, BarWidth)} {Quantity.Percent(percent),6}   ";

    // Named where their places do not tell which they are.
    private static string Each(CpuActivity cpu)
    {
        bool areInOrder = cpu.PerCpuNumbers?.Count != cpu.PerCpu.Count || cpu.PerCpuNumbers.Index().All(one => one.Index == one.Item);
        string each = areInOrder
            ? Quantity.Join(cpu.PerCpu, "0.0'%'", " ")
            : string.Join(' ', cpu.PerCpu.Zip(cpu.PerCpuNumbers!, (busy, number) => Text($"{number}:{busy:0.0}%")));
        return cpu.OfflineCpus is { Count: > 0 } offline ? $"{each}  offline {string.Join(' ', offline)}" : each;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
