using System.Globalization;
using GuestAgent.Cli.Output;
using GuestAgent.Contracts.Telemetry;

namespace GuestAgent.Cli.Live;

/// <summary>Disks, interfaces and file systems of a telemetry report, each as a table with an empty line before it.</summary>
internal static class TelemetryTables
{
    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(TelemetryReport report) =>
        Below(report.Disks.Count, Disks(report.Disks))
        .Concat(Below(report.Interfaces.Count, Interfaces(report.Interfaces)))
        .Concat(Below(
            report.Filesystems.Count, FileSystems.Space(new(report.Filesystems, []), human: true, width: null)));

    private static IEnumerable<string> Below(int rows, IEnumerable<string> table) => rows == 0 ? [] : table.Prepend("");

    private static IEnumerable<string> Disks(IReadOnlyList<DiskActivity> disks)
    {
        var table = new TextTable(
            Column.Text("DISK"),
            Column.Number("READ"),
            Column.Number("WRITTEN"),
            Column.Number("READS/s"),
            Column.Number("WRITES/s"),
            Column.Number("BUSY"));
        foreach (DiskActivity disk in disks)
        {
            table.Add(
                disk.Name,
                Quantity.Rate(disk.ReadBytesPerSecond),
                Quantity.Rate(disk.WrittenBytesPerSecond),
                disk.ReadsPerSecond.ToString("0.0", CultureInfo.InvariantCulture),
                disk.WritesPerSecond.ToString("0.0", CultureInfo.InvariantCulture),
                Quantity.Percent(disk.BusyPercent));
        }

        return table.Lines(width: null);
    }

    private static IEnumerable<string> Interfaces(IReadOnlyList<InterfaceActivity> interfaces)
    {
        var table = new TextTable(
            Column.Text("INTERFACE"),
            Column.Number("RECEIVED"),
            Column.Number("SENT"),
            Column.Number("ALL RECEIVED"),
            Column.Number("ALL SENT"));
        foreach (InterfaceActivity link in interfaces)
        {
            table.Add(
                link.Name,
                Quantity.Rate(link.RxBytesPerSecond),
                Quantity.Rate(link.TxBytesPerSecond),
                Quantity.Size(link.RxBytes, human: true),
                Quantity.Size(link.TxBytes, human: true));
        }

        return table.Lines(width: null);
    }
}
