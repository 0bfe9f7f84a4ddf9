using GuestAgent.Linux;

namespace GuestAgent.Storage;

/// <summary>The mounts of the agent's mount namespace.</summary>
internal static class MountTable
{
    /// <summary>Where the kernel tells them, and tells of changes.</summary>
    public const string Path = "/proc/self/mountinfo";

    // A host of containers has thousands.
    private const int LargestBytes = 8 << 20;
    private const int MostFileSystems = 512;

    // File systems without a block device of their own that hold data all the same. Everything else without one is made
    // by the kernel (proc, sysfs, cgroup2, …) or is memory (tmpfs, ramfs, hugetlbfs), and autofs would mount something.
    private static readonly HashSet<string> DataWithoutDevice = new(StringComparer.Ordinal)
    {
        "9p", "afs", "aufs", "bcachefs", "beegfs", "btrfs", "ceph", "cifs", "ecryptfs", "fuse", "gluster", "jffs2", "lustre",
        "ncpfs", "nfs", "nfs4", "orangefs", "prl_fs", "smb3", "smbfs", "ubifs", "vboxsf", "virtiofs", "vmhgfs", "zfs",
    };

    /// <summary>All mounts.</summary>
    public static IReadOnlyList<MountEntry> Read() => Parse((SmallFile.TryRead(Path, LargestBytes) ?? default).Span);

    /// <summary>Takes the text apart; a line that is none is left out.</summary>
    public static IReadOnlyList<MountEntry> Parse(ReadOnlySpan<byte> text)
    {
        List<MountEntry> mounts = [];
        foreach (Range range in text.Split((byte)'\n'))
        {
            if (MountEntry.TryParse(text[range]) is { } mount)
            {
                mounts.Add(mount);
            }
        }

        return mounts;
    }

    /// <summary>
    /// The mounts of file systems that hold data: each file system once, by its shortest path, and none that another mount
    /// hides; by mount point.
    /// </summary>
    public static IReadOnlyList<MountEntry> FileSystems(IReadOnlyList<MountEntry> mounts)
    {
        Dictionary<int, MountEntry> byId = [];
        foreach (MountEntry mount in mounts)
        {
            byId[mount.Id] = mount;
        }

        Dictionary<string, MountEntry> chosen = new(StringComparer.Ordinal);
        foreach (MountEntry mount in mounts)
        {
            bool better = !chosen.TryGetValue(mount.Device, out MountEntry? other) || IsBetter(mount, other);
            if (better && HoldsData(mount) && !IsHidden(mount, mounts, byId))
            {
                chosen[mount.Device] = mount;
            }
        }

        List<MountEntry> sorted = [.. chosen.Values];
        sorted.Sort(static (a, b) => string.CompareOrdinal(a.MountPoint, b.MountPoint));
        return sorted.Count <= MostFileSystems ? sorted : sorted.GetRange(0, MostFileSystems);
    }

    private static bool HoldsData(MountEntry mount) =>
        !mount.Device.StartsWith("0:", StringComparison.Ordinal)
        || DataWithoutDevice.Contains(mount.Type)
        || mount.Type.StartsWith("fuse.", StringComparison.Ordinal)
        // The layers of a container are told where they are its root, not on the machine that runs it.
        || (mount.Type == "overlay" && mount.MountPoint == "/");

    private static bool IsBetter(MountEntry mount, MountEntry other) =>
        mount.IsWhole != other.IsWhole ? mount.IsWhole
        : mount.MountPoint.Length != other.MountPoint.Length ? mount.MountPoint.Length < other.MountPoint.Length
        : !mount.IsReadOnly && other.IsReadOnly;

    // What covers its path and is not below it in the tree of mounts came on top of it.
    private static bool IsHidden(MountEntry mount, IReadOnlyList<MountEntry> mounts, Dictionary<int, MountEntry> byId)
    {
        HashSet<int> below = [mount.Id];
        for (MountEntry? at = mount; at is not null && below.Add(at.ParentId);)
        {
            at = byId.GetValueOrDefault(at.ParentId);
        }

        return mounts.Any(other => !below.Contains(other.Id) && other.Covers(mount.MountPoint));
    }
}
