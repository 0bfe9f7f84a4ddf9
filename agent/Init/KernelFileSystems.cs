using GuestAgent.Linux.Native;


namespace GuestAgent.Init;

/// <summary>The file systems that the kernel offers and somebody has to mount: what of them is missing.</summary>
internal static unsafe class KernelFileSystems
{
    private const uint DirectoryMode = 0b_111_101_101;

    // The mark is what only the mounted file system has; a container's own /dev has it too.
    private static readonly (string Type, string Place, string Mark, ulong Flags)[] All =
    [
        ("proc", "/proc", "/proc/self", LibC.MS_NOSUID | LibC.MS_NODEV | LibC.MS_NOEXEC),
        ("sysfs", "/sys", "/sys/class", LibC.MS_NOSUID | LibC.MS_NODEV | LibC.MS_NOEXEC),
        ("devtmpfs", "/dev", "/dev/null", LibC.MS_NOSUID),
        ("cgroup2", "/sys/fs/cgroup", "/sys/fs/cgroup/cgroup.procs", LibC.MS_NOSUID | LibC.MS_NODEV | LibC.MS_NOEXEC),
    ];

    /// <summary>
    /// Mounts them. What cannot be mounted is left out: the agent works with less, and says by itself what it lacks.
    /// </summary>
    public static void MountMissing()
    {
        foreach ((string type, string place, string mark, ulong flags) in All)
        {
            if (NativeMethods.access(mark, LibC.F_OK) != 0)
            {
                _ = NativeMethods.mkdir(place, DirectoryMode);
                _ = NativeMethods.mount(type, place, type, flags, null);
            }
        }
    }
}
