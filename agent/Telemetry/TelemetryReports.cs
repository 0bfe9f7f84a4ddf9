using GuestAgent.Contracts.Info;
using GuestAgent.Contracts.Telemetry;
using GuestAgent.Machine;
using GuestAgent.Network;
using GuestAgent.Storage;

namespace GuestAgent.Telemetry;

/// <summary>Makes a report of two samples.</summary>
internal static class TelemetryReports
{
    private const int MostInterfaces = 1024;

    /// <summary>What has happened between two samples, and how things are at the second.</summary>
    public static TelemetryReport Compare(
        TelemetrySample before, TelemetrySample now, IReadOnlyList<FileSystemUsage> filesystems)
    {
        double seconds = Math.Max(1, now.BootMs - before.BootMs) / 1000.0;
        MemoryFacts memory = now.Memory;
        return new TelemetryReport(
            now.UnixMs,
            now.BootMs / 1000,
            now.Load,
            Processors(before.Kernel, now.Kernel, now.Offline),
            new MemoryUsage(memory.Total, memory.Available, memory.Free, memory.Buffers, memory.Cached),
            new SwapUsage(memory.SwapTotal, memory.SwapFree),
            Disks(before.Disks, now.Disks, seconds),
            filesystems,
            Interfaces(before.Links, now.Links, seconds),
            new ProcessCounts(now.Processes, now.Kernel.Running, now.Kernel.Blocked));
    }

    private static CpuActivity Processors(KernelCounters before, KernelCounters now, IReadOnlyList<int> offline)
    {
        CpuTimes spent = now.All.Since(before.All);
        Dictionary<int, CpuTimes> each = [];
        foreach (CpuTimes cpu in before.PerCpu)
        {
            each[cpu.Number] = cpu;
        }

        double[] perCpu = new double[now.PerCpu.Count];
        int[] numbers = new int[now.PerCpu.Count];
        for (int i = 0; i < perCpu.Length; i++)
        {
            // One that has come meanwhile has no time before.
            CpuTimes cpu = now.PerCpu[i];
            numbers[i] = cpu.Number;
            perCpu[i] = Busy(cpu.Since(each.GetValueOrDefault(cpu.Number, cpu)));
        }

        return new CpuActivity(
            Busy(spent),
            Percent(spent.User, spent.Total),
            Percent(spent.System, spent.Total),
            Percent(spent.Iowait, spent.Total),
            Percent(spent.Steal, spent.Total),
            perCpu,
            numbers,
            offline);
    }

    private static double Busy(CpuTimes spent) => Percent(spent.User + spent.System + spent.Steal, spent.Total);

    private static List<DiskActivity> Disks(
        IReadOnlyList<DiskCounters> before, IReadOnlyList<DiskCounters> now, double seconds)
    {
        List<DiskActivity> disks = [];
        foreach (DiskCounters disk in now)
        {
            DiskCounters old = before.FirstOrDefault(other => other.Name == disk.Name) ?? disk;
            disks.Add(new DiskActivity(
                disk.Name,
                disk.ReadBytes,
                disk.WrittenBytes,
                Rate(old.ReadBytes, disk.ReadBytes, seconds),
                Rate(old.WrittenBytes, disk.WrittenBytes, seconds),
                Rate(old.Reads, disk.Reads, seconds),
                Rate(old.Writes, disk.Writes, seconds),
                Math.Min(100, Math.Round(Rate(old.BusyMs, disk.BusyMs, seconds) / 10, 1))));
        }

        return disks;
    }

    private static List<InterfaceActivity> Interfaces(
        IReadOnlyList<LinkMessage> before, IReadOnlyList<LinkMessage> now, double seconds)
    {
        Dictionary<int, NetworkStatistics?> each = [];
        foreach (LinkMessage link in before)
        {
            each[link.Index] = link.Statistics;
        }

        List<InterfaceActivity> interfaces = [];
        foreach (LinkMessage link in now.Take(MostInterfaces))
        {
            if (link.Statistics is { } counters)
            {
                NetworkStatistics old = each.GetValueOrDefault(link.Index) ?? counters;
                interfaces.Add(new InterfaceActivity(
                    link.Name,
                    counters.RxBytes,
                    counters.TxBytes,
                    Rate(old.RxBytes, counters.RxBytes, seconds),
                    Rate(old.TxBytes, counters.TxBytes, seconds),
                    Rate(old.RxPackets, counters.RxPackets, seconds),
                    Rate(old.TxPackets, counters.TxPackets, seconds)));
            }
        }

        return interfaces;
    }

    // A counter that is smaller than before belongs to a new thing of the same name.
    private static double Rate(long before, long now, double seconds) =>
        now <= before ? 0 : Math.Round((now - before) / seconds, 1);

    private static double Percent(long part, long whole) => whole <= 0 ? 0 : Math.Round(100.0 * part / whole, 1);
}
