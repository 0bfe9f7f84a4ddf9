namespace GuestAgent.Contracts.Info;

/// <summary>Result of <c>get_disk_usage</c>.</summary>
/// <param name="Filesystems">File systems that hold data, each once, by mount point.</param>
/// <param name="Unavailable">File systems that gave no answer.</param>
public sealed record DiskUsage(
    IReadOnlyList<FileSystemUsage> Filesystems, IReadOnlyList<UnavailableFileSystem> Unavailable);

/// <summary>How full one file system is.</summary>
/// <param name="MountPoint">Where it is mounted: <c>/</c> or the shortest path where there are several.</param>
/// <param name="Device">What is mounted, such as <c>/dev/vda1</c> or <c>server:/export</c>.</param>
/// <param name="FsType">Kind of file system, such as <c>ext4</c>.</param>
/// <param name="TotalBytes">Its size.</param>
/// <param name="UsedBytes">What is used of it.</param>
/// <param name="AvailableBytes">What is left for users other than root.</param>
/// <param name="UsedPercent">Used in percent of used and available, 0 to 100, with one decimal.</param>
/// <param name="InodesTotal">Files that it can hold, or null where it has no such limit.</param>
/// <param name="InodesUsed">Files that it holds, likewise.</param>
/// <param name="ReadOnly">Whether the guest has mounted it read-only; what the agent's own service may write is no matter.</param>
public sealed record FileSystemUsage(
    string MountPoint,
    string Device,
    string FsType,
    long TotalBytes,
    long UsedBytes,
    long AvailableBytes,
    double UsedPercent,
    long? InodesTotal,
    long? InodesUsed,
    bool ReadOnly);

/// <summary>A file system that gave no answer.</summary>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="Device">What is mounted.</param>
/// <param name="FsType">Kind of file system.</param>
/// <param name="Reason">
/// <c>timeout</c> when it does not answer, <c>skipped</c> when it was not asked since too many others do not, else a
/// Linux error name such as <c>ESTALE</c>.
/// </param>
public sealed record UnavailableFileSystem(string MountPoint, string Device, string FsType, string Reason);
