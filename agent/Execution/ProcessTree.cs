using GuestAgent.Linux.Io;


namespace GuestAgent.Execution;

/// <summary>
/// Ends a command with everything that it has started: its process group and session, its descendants that have left
/// both but still have a living chain of parents up to it, and, where it has one, all of its cgroup.
/// </summary>
/// <param name="loop">Sees processes end.</param>
/// <param name="time">Measures the grace.</param>
internal sealed class ProcessTree(EpollLoop loop, TimeProvider time)
{
    // A process forked between the look and the kill is seen in the next round.
    private const int KillRounds = 16;

    // SIGKILL works at once unless the kernel is busy on the process's behalf, and that has no upper limit.
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(2);

    /// <summary>SIGTERM, then SIGKILL to what is left after <paramref name="grace"/>.</summary>
    /// <param name="child">The command; not to be disposed meanwhile.</param>
    /// <param name="grace">How long SIGTERM may take; zero to do without it.</param>
    /// <param name="cancellationToken">Cuts the grace short. What was begun is finished.</param>
    public async Task<KillOutcome> KillAsync(ChildProcess child, TimeSpan grace, CancellationToken cancellationToken)
    {
        using TrackedProcesses tracked = new(child, loop);
        if (!tracked.Refresh())
        {
            return KillOutcome.AlreadyGone;
        }

        if (grace > TimeSpan.Zero && !cancellationToken.IsCancellationRequested)
        {
            tracked.Signal(LibC.SIGTERM);

            // A stopped process would keep SIGTERM pending for ever.
            tracked.Signal(LibC.SIGCONT);
            await WaitAsync(tracked.AllEnded(), grace, cancellationToken);
            if (!tracked.Refresh())
            {
                return KillOutcome.Terminated;
            }
        }

        for (int round = 0; round < KillRounds; round++)
        {
            child.Cgroup?.TryKill();
            tracked.Signal(LibC.SIGKILL);
            if (!await WaitAsync(tracked.AllEnded(), KillPatience, CancellationToken.None))
            {
                return KillOutcome.StillAlive;
            }

            if (!tracked.Refresh())
            {
                return KillOutcome.Killed;
            }
        }

        return KillOutcome.StillAlive;
    }

    private async Task<bool> WaitAsync(Task ended, TimeSpan limit, CancellationToken cancellationToken)
    {
        await ended.WaitAsync(limit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ended.IsCompleted;
    }
}
