using GuestAgent.Linux.Native;


namespace GuestAgent.Storage;

/// <summary>
/// Asks file systems how full they are, on threads of its own: nothing ends a statfs(2) whose server is gone. One that
/// does not answer in time is left alone, with the thread that asks it, and is not asked again until it has answered.
/// </summary>
/// <param name="time">Measures the patience.</param>
/// <param name="ask">Asks one; <see cref="Capacity.Of"/>.</param>
/// <param name="patience">How long each may take.</param>
#pragma warning disable CA1001 // A semaphore without a wait handle holds nothing.
internal sealed class CapacityProbe(TimeProvider time, Func<string, Capacity> ask, TimeSpan patience)
#pragma warning restore CA1001
{
    /// <summary>Most threads that may be stuck at a time in file systems that wait for somebody else.</summary>
    public const int MostStuck = 4;

    // Dead servers must not hide the guest's own disks, which hardly ever hang.
    private const int MostStuckInAll = 2 * MostStuck;

    // A second is a thousand times what a disk takes, and what a person accepts.
    private static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly Lock _gate = new();
    private readonly HashSet<MountEntry> _stuck = [];

    /// <summary>Asks the kernel.</summary>
    public CapacityProbe(TimeProvider time)
        : this(time, Capacity.Of, DefaultPatience)
    {
    }

    /// <summary>How many file systems have not answered and are left alone.</summary>
    public int StuckCount
    {
        get
        {
            lock (_gate)
            {
                return _stuck.Count;
            }
        }
    }

    /// <summary>Asks each of <paramref name="mounts"/>; waits at most for as many as may be stuck.</summary>
    /// <returns>As many answers, in the same order.</returns>
    public async Task<CapacityAnswer[]> AskAsync(IReadOnlyList<MountEntry> mounts, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            return await AskAllAsync(mounts);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task<CapacityAnswer[]> AskAllAsync(IReadOnlyList<MountEntry> mounts)
    {
        var answers = new CapacityAnswer[mounts.Count];
        for (int next = 0; next < mounts.Count;)
        {
            int first = next;
            var walk = new CapacityWalk([.. mounts.Skip(first)], Ask);
            walk.Start();
            for (; next < mounts.Count; next++)
            {
                Task<CapacityAnswer> answer = walk.Answer(next - first);
                await ((Task)answer).WaitAsync(patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (!answer.IsCompleted && GiveUp(mounts[next], answer))
                {
                    // The walk ends where it is stuck; another goes on behind that.
                    walk.Stop();
                    answers[next++] = CapacityAnswer.TimedOut;
                    break;
                }

                answers[next] = await answer;
            }
        }

        return answers;
    }

    // False when the answer has come after all.
    private bool GiveUp(MountEntry mount, Task<CapacityAnswer> answer)
    {
        lock (_gate)
        {
            if (answer.IsCompleted)
            {
                return false;
            }

            _stuck.Add(mount);
        }

        _ = ForgetAsync(mount, answer);
        return true;
    }

    private async Task ForgetAsync(MountEntry mount, Task<CapacityAnswer> answer)
    {
        await answer;
        lock (_gate)
        {
            _stuck.Remove(mount);
        }
    }

    private CapacityAnswer Ask(MountEntry mount)
    {
        lock (_gate)
        {
            if (_stuck.Contains(mount))
            {
                return CapacityAnswer.TimedOut;
            }

            if (_stuck.Count >= (mount.MayHang ? MostStuck : MostStuckInAll))
            {
                return CapacityAnswer.Skipped;
            }
        }

        try
        {
            return new CapacityAnswer(ask(mount.Path));
        }
        catch (LinuxException e)
        {
            return new CapacityAnswer(null, Errno.Name(e.Errno));
        }
    }
}
