using GuestAgent.Contracts.Info;

namespace GuestAgent.Storage;

/// <summary>Tells how full the guest's file systems are.</summary>
/// <param name="probe">Asks them.</param>
internal sealed class DiskReader(CapacityProbe probe)
{
    /// <summary>Looks at what is mounted and asks it.</summary>
    public async Task<DiskUsage> ReadAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<MountEntry> mounts =
            await Task.Run(MountTable.ReadFileSystems, cancellationToken);
        CapacityAnswer[] answers = await probe.AskAsync(mounts, cancellationToken);
        List<FileSystemUsage> filesystems = [];
        List<UnavailableFileSystem> unavailable = [];
        for (int i = 0; i < mounts.Count; i++)
        {
            MountEntry mount = mounts[i];
            if (answers[i].Capacity is not { } capacity)
            {
                unavailable.Add(new UnavailableFileSystem(mount.MountPoint, mount.Source, mount.Type, answers[i].Reason));
            }
            else if (capacity.TotalBytes > 0)
            {
                filesystems.Add(Describe(mount, capacity));
            }
        }

        return new DiskUsage(filesystems, unavailable);
    }

    private static FileSystemUsage Describe(MountEntry mount, Capacity capacity) => new(
        mount.MountPoint,
        mount.Source,
        mount.Type,
        capacity.TotalBytes,
        capacity.UsedBytes,
        capacity.AvailableBytes,
        capacity.UsedPercent,
        capacity.InodesTotal > 0 ? capacity.InodesTotal : null,
        capacity.InodesTotal > 0 ? capacity.InodesUsed : null,
        mount.IsReadOnly);
}
