using GuestAgent.Processes;

namespace GuestAgent.Execution;

/// <summary>
/// Moves a child that posix_spawn has started into a cgroup of its own, but only one that lives on: the move waits for an
/// RCU grace period in the kernel, 2 to 30 ms in place of the 0.5 ms that a short command takes altogether. (glibc 2.41
/// can start a child in its cgroup at no such cost, POSIX_SPAWN_SETCGROUP.)
/// </summary>
internal static class CgroupPlacement
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>Places the child if it is still alive after a moment; never fails.</summary>
    /// <param name="child">The child.</param>
    /// <param name="cgroups">Makes its cgroup.</param>
    /// <param name="placed">Is told of it.</param>
    public static async Task PlaceAsync(ChildProcess child, CommandCgroups cgroups, Action<CommandCgroup> placed)
    {
        await ((Task)child.Exited.WaitAsync(Patience)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (child.Exited.IsCompleted || cgroups.TryCreate() is not { } cgroup)
        {
            return;
        }

        if (!child.TryAdopt(cgroup))
        {
            cgroup.Dispose();
            return;
        }

        placed(cgroup);
        // What it has started by now. The kernel hands numbers out in turn: none is reused within this instant.
        foreach (ProcessStat descendant in ProcessSnapshot.Read().DescendantsOf(child.Pid))
        {
            CommandCgroup.TryMove(cgroup.ProcessesFile, descendant.Pid);
        }
    }
}
