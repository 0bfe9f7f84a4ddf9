using GuestAgent.Execution;
using GuestAgent.Linux.Io;
using GuestAgent.Processes;

namespace GuestAgent.Commands;

/// <summary>
/// The processes of a command whose agent is dead, held by pidfds. Only what is of the command beyond doubt is taken for
/// it: what its record proves, what shares a session, group or cgroup with that, and what descends from it.
/// </summary>
/// <param name="command">What its agent has recorded.</param>
/// <param name="loop">Sees them end.</param>
internal sealed class LeftOverProcesses(RecordedCommand command, EpollLoop loop) : IDisposable
{
    // A process forked between the look and the kill is seen in the next round.
    private const int KillRounds = 16;

    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<int, TrackedProcess> _known = [];
    private readonly ForeignCgroup? _cgroup = command.Cgroup.Length > 0 ? new ForeignCgroup(command.Cgroup) : null;
    private bool _proven;

    /// <summary>How many are known.</summary>
    public int Count => _known.Count;

    /// <summary>Whether this agent is among them.</summary>
    public bool HoldThisAgent { get; private set; }

    /// <summary>Looks again. False when none lives.</summary>
    public bool Refresh()
    {
        Forget();
        ProcessSnapshot snapshot = ProcessSnapshot.Read();
        HashSet<int> inCgroup = [.. _cgroup?.Members() ?? []];
        foreach (ProcessStat process in snapshot.All)
        {
            // Its number was the command's then, and has not been free since.
            _proven |= command.Proves(process) && process.IsAlive;
        }

        foreach (ProcessStat process in snapshot.Closure(
            _known.Keys.ToHashSet(), p => (_proven && command.HasNumber(p)) || inCgroup.Contains(p.Pid)))
        {
            HoldThisAgent |= process.Pid == Environment.ProcessId;
            if (TrackedProcess.TryOpen(process, loop) is { } found)
            {
                _known[process.Pid] = found;
            }
        }

        return _known.Count > 0;
    }

    /// <summary>SIGTERM, then SIGKILL to what is left after <paramref name="grace"/>.</summary>
    /// <returns>False when some live on in spite of it.</returns>
    public async Task<bool> EndAsync(TimeSpan grace, TimeProvider clock)
    {
        Signal(LibC.SIGTERM);
        // A stopped process would keep SIGTERM pending for ever.
        Signal(LibC.SIGCONT);
        await WaitAsync(grace, clock);
        for (int round = 0; round < KillRounds && Refresh(); round++)
        {
            _cgroup?.TryKill();
            Signal(LibC.SIGKILL);
            if (!await WaitAsync(KillPatience, clock))
            {
                return false;
            }
        }

        return !Refresh();
    }

    /// <summary>Removes the command's cgroup, when nothing lives in it.</summary>
    public void RemoveCgroup() => _cgroup?.TryRemove();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TrackedProcess process in _known.Values)
        {
            process.Dispose();
        }
    }

    private void Signal(int signal)
    {
        foreach (TrackedProcess process in _known.Values)
        {
            process.Signal(signal);
        }
    }

    private async Task<bool> WaitAsync(TimeSpan limit, TimeProvider clock)
    {
        Task ended = Task.WhenAll(_known.Values.Select(process => process.Ended));
        await ended.WaitAsync(limit, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ended.IsCompleted;
    }

    private void Forget()
    {
        foreach ((int pid, TrackedProcess process) in _known)
        {
            if (process.Ended.IsCompleted)
            {
                process.Dispose();
                _known.Remove(pid);
            }
        }
    }
}
