using System.Globalization;
using GuestAgent.Contracts.Info;

namespace GuestAgent.Cli.Output;

/// <summary>File systems as df(1) shows them.</summary>
internal static class FileSystems
{
    /// <summary>How much of their space is used.</summary>
    /// <param name="usage">What the guest told.</param>
    /// <param name="human">True for sizes such as <c>1.5K</c>.</param>
    /// <param name="width">Where to cut the lines; null for nowhere.</param>
    public static IEnumerable<string> Space(DiskUsage usage, bool human, int? width)
    {
        var table = new TextTable(
            Column.Text("FILESYSTEM"),
            Column.Text("TYPE"),
            Column.Number("SIZE"),
            Column.Number("USED"),
            Column.Number("AVAIL"),
            Column.Number("USE"),
            Column.Text("MOUNTED ON"));
        foreach (FileSystemUsage system in usage.Filesystems)
        {
            table.Add(
                system.Device,
                system.FsType,
                Quantity.Size(system.TotalBytes, human),
                Quantity.Size(system.UsedBytes, human),
                Quantity.Size(system.AvailableBytes, human),
                Share(Used(system)),
                MountedOn(system));
        }

        return table.Lines(width).Concat(Unavailable(usage));
    }

    /// <summary>The file system that a path is in, by the names of the mount points alone; null when none is told.</summary>
    public static FileSystemUsage? Of(string path, DiskUsage usage)
    {
        FileSystemUsage? found = null;
        foreach (FileSystemUsage system in usage.Filesystems)
        {
            string mount = system.MountPoint.TrimEnd('/');
            bool isWithin = path.TrimEnd('/') == mount || path.StartsWith(mount + "/", StringComparison.Ordinal);
            // Of two at one place the later one is seen.
            if (isWithin && mount.Length >= (found?.MountPoint.TrimEnd('/').Length ?? 0))
            {
                found = system;
            }
        }

        return found;
    }

    /// <summary>How many of their inodes are used.</summary>
    /// <param name="usage">What the guest told.</param>
    /// <param name="width">Where to cut the lines; null for nowhere.</param>
    public static IEnumerable<string> Inodes(DiskUsage usage, int? width)
    {
        var table = new TextTable(
            Column.Text("FILESYSTEM"),
            Column.Text("TYPE"),
            Column.Number("INODES"),
            Column.Number("USED"),
            Column.Number("FREE"),
            Column.Number("USE"),
            Column.Text("MOUNTED ON"));
        foreach (FileSystemUsage system in usage.Filesystems)
        {
            table.Add([system.Device, system.FsType, .. Inodes(system), MountedOn(system)]);
        }

        return table.Lines(width).Concat(Unavailable(usage));
    }

    private static string[] Inodes(FileSystemUsage system) =>
        system is { InodesTotal: > 0 and var total, InodesUsed: >= 0 and var used } && used <= total
            ? [
                total.ToString(CultureInfo.InvariantCulture),
                used.ToString(CultureInfo.InvariantCulture),
                (total - used).ToString(CultureInfo.InvariantCulture),
                Share(100.0 * used / total),
            ]
            : ["-", "-", "-", "-"];

    // From the bytes: a percentage that was rounded once may be one less than df(1) shows.
    private static double Used(FileSystemUsage system)
    {
        double reachable = (double)system.UsedBytes + system.AvailableBytes;
        return reachable > 0 ? 100 * (system.UsedBytes / reachable) : 0;
    }

    // Rounded up, as df(1): 100% means that nothing is left.
    private static string Share(double percent) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(percent):0}%");

    private static string MountedOn(FileSystemUsage system) =>
        system.ReadOnly ? $"{system.MountPoint} (read-only)" : system.MountPoint;

    private static IEnumerable<string> Unavailable(DiskUsage usage) => usage.Unavailable.Select(
        system => $"{system.MountPoint}: {system.Device} ({system.FsType}) does not answer: {system.Reason}");
}
