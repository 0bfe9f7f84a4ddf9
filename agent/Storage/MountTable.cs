using GuestAgent.Linux.Files;


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

    // As the guest's first process has them. A service's own may be another view: all read-only, or with directories hidden.
    private const string GuestPath = "/proc/1/mountinfo";
    private const string GuestRoot = "/proc/1/root";

    /// <summary>The file systems of the guest, whatever the service that the agent is may see of them.</summary>
    public static IReadOnlyList<MountEntry> ReadFileSystems() => OfGuest(
        Parse((SmallFile.TryRead(GuestPath, LargestBytes) ?? default).Span),
        Parse((SmallFile.TryRead(Path, LargestBytes) ?? default).Span));

    /// <summary>The guest's file systems, each with the path by which the agent finds it; by mount point.</summary>
    /// <param name="guest">The mounts of the first process; none when they are not to be had.</param>
    /// <param name="own">The agent's: what makes them read-only may be the sandbox of its service, so the file system's word counts.</param>
    public static IReadOnlyList<MountEntry> OfGuest(IReadOnlyList<MountEntry> guest, IReadOnlyList<MountEntry> own)
    {
        if (RootOf(guest) is not { } root || RootOf(own) is not { } ownRoot || (root.Device, root.Root) != (ownRoot.Device, ownRoot.Root))
        {
            // Another system's, as in a container that sees the processes of its host.
            guest = [];
        }

        else if (root.Id == ownRoot.Id)
        {
            // Numbers of mounts are the kernel's, for all namespaces together: the agent has the guest's own.
            return FileSystems(guest);
        }

        HashSet<(string Path, string Device)> known = PlacesOf(own);
        List<MountEntry> found = [.. FileSystems(guest).Select(mount =>
            known.Contains((mount.MountPoint, mount.Device)) ? mount : mount with { Path = GuestRoot + mount.MountPoint })];
        known = PlacesOf(guest);
        int told = found.Count;
        foreach (MountEntry mount in FileSystems([.. own.Select(mount => mount with { IsReadOnly = mount.IsSystemReadOnly })]))
        {
            if (!known.Contains((mount.MountPoint, mount.Device)) && !found.Take(told).Any(other => KeyOf(other) == KeyOf(mount)))
            {
                found.Add(mount);
            }
        }

        found.Sort(ByMountPoint);
        return found;
    }

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
    /// The mounts of file systems that hold data, and none that another mount hides; by mount point. Each file system and each of its
    /// volumes once, what is writable by one path and read-only by another twice: by <c>/</c> where that is one of its mounts,
    /// else by its shortest path among those of its whole.
    /// </summary>
    public static IReadOnlyList<MountEntry> FileSystems(IReadOnlyList<MountEntry> mounts)
    {
        Dictionary<int, MountEntry> byId = [];
        foreach (MountEntry mount in mounts)
        {
            byId[mount.Id] = mount;
        }

        Dictionary<(string, string, bool), MountEntry> chosen = [];
        foreach (MountEntry mount in mounts)
        {
            (string, string, bool) key = KeyOf(mount);
            bool better = !chosen.TryGetValue(key, out MountEntry? other) || IsBetter(mount, other);
            if (better && HoldsData(mount) && !IsHidden(mount, mounts, byId))
            {
                chosen[key] = mount;
            }
        }

        List<MountEntry> sorted = [.. chosen.Values];
        sorted.Sort(ByMountPoint);
        return sorted.Count <= MostFileSystems ? sorted : sorted.GetRange(0, MostFileSystems);
    }

    private static bool HoldsData(MountEntry mount) =>
        !mount.Device.StartsWith("0:", StringComparison.Ordinal)
        || DataWithoutDevice.Contains(mount.Type)
        || mount.Type.StartsWith("fuse.", StringComparison.Ordinal)
        // The layers of a container are told where they are its root, not on the machine that runs it.
        || (mount.Type == "overlay" && mount.MountPoint == "/");

    private static (string Device, string Volume, bool IsReadOnly) KeyOf(MountEntry mount) =>
        (mount.Device, mount.Volume, mount.IsReadOnly);

    private static HashSet<(string Path, string Device)> PlacesOf(IReadOnlyList<MountEntry> mounts)
    {
        HashSet<(string, string)> places = [];
        foreach (MountEntry mount in mounts)
        {
            places.Add((mount.MountPoint, mount.Device));
        }

        return places;
    }

    private static int ByMountPoint(MountEntry a, MountEntry b) => string.CompareOrdinal(a.MountPoint, b.MountPoint);

    private static MountEntry? RootOf(IReadOnlyList<MountEntry> mounts) => mounts.LastOrDefault(mount => mount.MountPoint == "/");

    private static bool IsBetter(MountEntry mount, MountEntry other) =>
        mount.MountPoint == "/" != (other.MountPoint == "/") ? mount.MountPoint == "/"
        : mount.IsWhole != other.IsWhole ? mount.IsWhole
        : mount.MountPoint.Length < other.MountPoint.Length;

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
