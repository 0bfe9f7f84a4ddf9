using GuestAgent.Contracts.Info;

namespace GuestAgent.Dialects.Http.Metrics;

/// <summary>What the guest does, under the names that node_exporter has for it.</summary>
internal static class GuestMetrics
{
    private const long Kibi = 1024;

    /// <summary>Writes what <c>get_system_info</c> tells.</summary>
    public static void Write(OpenMetrics metrics, SystemInfo guest)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        metrics.Gauge("node_time_seconds", "Seconds since 1970 by the guest's wall clock.").Add(now);
        metrics.Gauge("node_boot_time_seconds", "When the guest was started, likewise.").Add(now - guest.UptimeSeconds);
        metrics.Gauge("node_load1", "Load over 1 minute.").Add(guest.LoadAverage[0]);
        metrics.Gauge("node_load5", "Load over 5 minutes.").Add(guest.LoadAverage[1]);
        metrics.Gauge("node_load15", "Load over 15 minutes.").Add(guest.LoadAverage[2]);
        metrics.Gauge("node_memory_MemTotal_bytes", "Memory that the kernel manages.").Add(guest.TotalMemoryKb * Kibi);
        metrics.Gauge("node_memory_MemAvailable_bytes", "Memory that programs could still get without swapping.")
            .Add(guest.AvailableMemoryKb * Kibi);
        metrics.Gauge("node_memory_SwapTotal_bytes", "Swap space.").Add(guest.SwapTotalKb * Kibi);
        metrics.Gauge("node_memory_SwapFree_bytes", "Swap space that is not used.").Add(guest.SwapFreeKb * Kibi);
        metrics.Gauge("guest_agent_guest_cpus", "Processors of the guest that are online.").Add(guest.CpuCount);
        metrics.Info("node_uname", "What uname(2) tells.").Add(
            1,
            ("machine", guest.Architecture),
            ("nodename", guest.Hostname),
            ("release", guest.KernelVersion),
            ("sysname", "Linux"));
        metrics.Info("node_os", "What os-release(5) tells.").Add(
            1,
            ("id", guest.OsId),
            ("name", guest.OsName),
            ("pretty_name", guest.OsPrettyName),
            ("version_id", guest.OsVersion));
    }

    /// <summary>Writes what <c>get_disk_usage</c> tells.</summary>
    public static void Write(OpenMetrics metrics, DiskUsage disks)
    {
        IReadOnlyList<FileSystemUsage> all = disks.Filesystems;
        Each(metrics.Gauge("node_filesystem_size_bytes", "Size of a file system."), all, one => one.TotalBytes);
        Each(metrics.Gauge("node_filesystem_free_bytes", "What is left of it."), all, one => one.TotalBytes - one.UsedBytes);
        Each(metrics.Gauge("node_filesystem_avail_bytes", "What is left of it for users other than root."), all, one => one.AvailableBytes);
        Each(metrics.Gauge("node_filesystem_files", "Files that it can hold."), all, one => one.InodesTotal);
        Each(metrics.Gauge("node_filesystem_files_free", "Files that it can still hold."), all, one => one.InodesTotal - one.InodesUsed);
        Each(metrics.Gauge("node_filesystem_readonly", "1 where it is mounted read-only."), all, one => one.ReadOnly ? 1 : 0);
        metrics.Gauge("node_filesystem_device_error", "1 where it gives no answer.");
        foreach (UnavailableFileSystem one in disks.Unavailable)
        {
            metrics.Add(1, ("device", one.Device), ("fstype", one.FsType), ("mountpoint", one.MountPoint));
        }
    }

    /// <summary>Writes what <c>get_network_info</c> tells.</summary>
    public static void Write(OpenMetrics metrics, NetworkInfo network)
    {
        IReadOnlyList<NetworkInterface> all = network.Interfaces;
        Each(metrics.Gauge("node_network_up", "1 where a network interface is up."), all, one => one.State == "up" ? 1 : 0);
        Each(metrics.Gauge("node_network_mtu_bytes", "Its largest packet."), all, one => one.Mtu);
        Each(metrics.Counter("node_network_receive_bytes", "Bytes received."), all, one => one.Statistics?.RxBytes);
        Each(metrics.Counter("node_network_receive_packets", "Packets received."), all, one => one.Statistics?.RxPackets);
        Each(metrics.Counter("node_network_receive_errs", "Packets received broken."), all, one => one.Statistics?.RxErrors);
        Each(metrics.Counter("node_network_receive_drop", "Packets received and dropped."), all, one => one.Statistics?.RxDropped);
        Each(metrics.Counter("node_network_transmit_bytes", "Bytes sent."), all, one => one.Statistics?.TxBytes);
        Each(metrics.Counter("node_network_transmit_packets", "Packets sent."), all, one => one.Statistics?.TxPackets);
        Each(metrics.Counter("node_network_transmit_errs", "Packets that could not be sent."), all, one => one.Statistics?.TxErrors);
        Each(metrics.Counter("node_network_transmit_drop", "Packets dropped instead of sent."), all, one => one.Statistics?.TxDropped);
    }

    private static void Each(OpenMetrics metrics, IReadOnlyList<FileSystemUsage> all, Func<FileSystemUsage, long?> value)
    {
        foreach (FileSystemUsage one in all)
        {
            if (value(one) is { } number)
            {
                metrics.Add(number, ("device", one.Device), ("fstype", one.FsType), ("mountpoint", one.MountPoint));
            }
        }
    }

    private static void Each(OpenMetrics metrics, IReadOnlyList<NetworkInterface> all, Func<NetworkInterface, long?> value)
    {
        foreach (NetworkInterface one in all)
        {
            if (value(one) is { } number)
            {
                metrics.Add(number, ("device", one.Name));
            }
        }
    }
}
