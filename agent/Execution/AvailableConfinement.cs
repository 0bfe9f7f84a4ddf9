using GuestAgent.Linux;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>What of a confinement this guest has, found out without confining anything.</summary>
internal static class AvailableConfinement
{
    /// <summary>What is missing. Limits are not looked at: whether a cgroup is delegated only the service itself sees.</summary>
    public static ConfinementParts Missing(ConfinementParts wanted) =>
        wanted & ~ConfinementParts.Limits & ~(Namespaces() | (Landlock.IsAvailable ? ConfinementParts.Landlock : 0));

    private static ConfinementParts Namespaces() => LibC.geteuid() != 0
        ? ConfinementParts.None
        : (Has("pid") ? ConfinementParts.Processes : 0)
            | (Has("mnt") && CanCloneMounts() ? ConfinementParts.Mounts : 0)
            | (Has("ipc") ? ConfinementParts.Ipc : 0)
            | (Has("net") ? ConfinementParts.Network : 0);

    private static bool Has(string kind) => NativeMethods.access("/proc/self/ns/" + kind, LibC.F_OK) == 0;

    private static unsafe bool CanCloneMounts()
    {
        byte nothing = 0;
        using SafeFileHandle root = NativeMethods.open("/", LibC.O_PATH | LibC.O_DIRECTORY | LibC.O_CLOEXEC, 0);
        // SAFETY: an empty path stands for the descriptor. What is cloned is mounted nowhere and goes with its descriptor.
        using SafeFileHandle clone =
            NativeMethods.open_tree(root, &nothing, NativeMethods.OPEN_TREE_CLONE | LibC.AT_EMPTY_PATH | LibC.O_CLOEXEC);
        return !clone.IsInvalid;
    }
}
