namespace GuestAgent.Storage;

/// <summary>One thread that asks one file system after the other.</summary>
/// <param name="mounts">What to ask.</param>
/// <param name="ask">Asks one; does not throw.</param>
internal sealed class CapacityWalk(IReadOnlyList<MountEntry> mounts, Func<MountEntry, CapacityAnswer> ask)
{
    private const int StackBytes = 256 * 1024;

    private readonly TaskCompletionSource<CapacityAnswer>[] _answers =
        [.. mounts.Select(_ => new TaskCompletionSource<CapacityAnswer>(TaskCreationOptions.RunContinuationsAsynchronously))];

    private volatile bool _stopped;

    /// <summary>The answer of one file system, when it comes.</summary>
    public Task<CapacityAnswer> Answer(int index) => _answers[index].Task;

    /// <summary>Begins.</summary>
    public void Start() => new Thread(Run, StackBytes) { IsBackground = true, Name = "statfs" }.Start();

    /// <summary>Asks none after the one that is being asked.</summary>
    public void Stop() => _stopped = true;

    private void Run()
    {
        for (int i = 0; i < mounts.Count && !_stopped; i++)
        {
            _answers[i].SetResult(ask(mounts[i]));
        }
    }
}
