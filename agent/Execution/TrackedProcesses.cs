using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Processes;


namespace GuestAgent.Execution;

/// <summary>
/// A command's processes as they become known. One that was seen once stays known when its parent ends and init adopts
/// it, and so do the children that it has from then on.
/// </summary>
/// <param name="child">The command's first process.</param>
/// <param name="loop">Sees the others end.</param>
internal sealed class TrackedProcesses(ChildProcess child, EpollLoop loop) : IDisposable
{
    private readonly Dictionary<int, TrackedProcess> _others = [];

    /// <summary>Looks again. False when nothing of the command lives any more.</summary>
    public bool Refresh()
    {
        Forget();
        HashSet<int> roots = [.. _others.Keys];
        HashSet<int> inCgroup = [.. child.Cgroup?.Members() ?? []];

        // Once the child is reaped, its number says nothing any more: not as a parent, a group or a session.
        int? leader = child.HoldsPid ? child.Pid : null;
        if (leader is { } pid)
        {
            roots.Add(pid);
        }

        foreach (ProcessStat process in TryRead().Closure(
            roots,
            p => p.SessionId == leader || p.GroupId == leader || inCgroup.Contains(p.Pid)))
        {
            if (process.Pid != Environment.ProcessId && TrackedProcess.TryOpen(process, loop) is { } found)
            {
                _others[process.Pid] = found;
            }
        }

        return _others.Count > 0 || !child.Exited.IsCompleted;
    }

    /// <summary>Signals the group in one call, so that no member forks away from it, and then everybody else.</summary>
    public void Signal(int signal)
    {
        bool reached = TrySignalGroup(signal);
        foreach (TrackedProcess process in _others.Values)
        {
            // A second SIGTERM would be another event for a program that handles it; a second SIGKILL changes nothing,
            // and catches who has left the group since it was seen there.
            if (!reached || process.Process.GroupId != child.Pid || signal == LibC.SIGKILL)
            {
                process.Signal(signal);
            }
        }
    }

    /// <summary>Completes when all that are known have ended.</summary>
    public Task AllEnded() => Task.WhenAll(_others.Values.Select(process => process.Ended).Append(child.Exited));

    public void Dispose()
    {
        foreach (TrackedProcess process in _others.Values)
        {
            process.Dispose();
        }
    }

    private bool TrySignalGroup(int signal)
    {
        try
        {
            return child.Signal(signal, group: true);
        }
        catch (LinuxException e) when (e.Errno == Errno.EPERM)
        {
            // An agent without privileges, and a program that has become another user: it lives on, like one that the
            // kernel does not let go. The command's time is over all the same.
            return false;
        }
    }

    private static ProcessSnapshot TryRead()
    {
        try
        {
            return ProcessSnapshot.Read();
        }
        catch (Exception e) when (e is LinuxException or IOException)
        {
            // Short of descriptors: the group, which needs none, must still be signalled.
            return new ProcessSnapshot([]);
        }
    }

    private void Forget()
    {
        foreach ((int pid, TrackedProcess process) in _others)
        {
            if (process.Ended.IsCompleted)
            {
                process.Dispose();
                // Removing while enumerating is allowed in a dictionary.
                _others.Remove(pid);
            }
        }
    }
}
