using System.Globalization;
using GuestAgent.Cli.Output;
using GuestAgent.Contracts.Telemetry;

namespace GuestAgent.Cli.Live;

/// <summary>A telemetry report on one line, for logs and pipes.</summary>
internal static class TelemetryLine
{
    /// <summary>The line: words of the form <c>name=value</c> behind the guest's time.</summary>
    public static string Text(TelemetryReport report) => string.Join(
        ' ',
        GuestInstant.Utc(report.TimeMs),
        $"cpu={Quantity.Percent(report.Cpu.BusyPercent)}",
        $"load={Quantity.Join(report.LoadAverage, "0.00", ",")}",
        $"memory={Used(report.Memory.TotalKb, report.Memory.AvailableKb)}",
        $"swap={Used(report.Swap.TotalKb, report.Swap.FreeKb)}",
        $"read={Quantity.Rate(report.Disks.Sum(disk => disk.ReadBytesPerSecond))}",
        $"written={Quantity.Rate(report.Disks.Sum(disk => disk.WrittenBytesPerSecond))}",
        $"received={Quantity.Rate(report.Interfaces.Sum(link => link.RxBytesPerSecond))}",
        $"sent={Quantity.Rate(report.Interfaces.Sum(link => link.TxBytesPerSecond))}",
        $"processes={report.Processes.Total.ToString(CultureInfo.InvariantCulture)}");

    private static string Used(long totalKb, long freeKb) =>
        $"{Quantity.SizeOfKb(totalKb - freeKb)}/{Quantity.SizeOfKb(totalKb)}";
}
