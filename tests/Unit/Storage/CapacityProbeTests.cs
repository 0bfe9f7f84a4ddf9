using System.Collections.Concurrent;
using GuestAgent.Linux.Native;
using GuestAgent.Storage;
using GuestAgent.Tests.Unit.Linux;
using Xunit;

namespace GuestAgent.Tests.Unit.Storage;

public sealed class CapacityProbeTests : IDisposable
{
    private static readonly Capacity Some = new(100, 40, 60, 0, 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ManualResetEventSlim _serverIsBack = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly WatchedClock _clock = new();
    private readonly CapacityProbe _probe;
    private int _waiting;

    public CapacityProbeTests() => _probe = new CapacityProbe(_clock, Ask, Patience);

    // Threads that are stuck let go.
    public void Dispose() => _serverIsBack.Set();

    [Fact]
    public async Task Each_file_system_is_asked_and_an_error_is_told() => Assert.Equal(
        [new(Some), new(null, "EIO"), new(Some)], await AskAllAsync([Disk("/"), Disk("/stale"), Remote("/net")]));

    [Fact]
    public async Task One_that_does_not_answer_holds_up_nobody_and_is_left_alone_until_it_does()
    {
        MountEntry[] mounts = [Disk("/"), Remote("/dead"), Remote("/net"), Disk("/z")];
        CapacityAnswer[] expected = [new(Some), CapacityAnswer.TimedOut, new(Some), new(Some)];
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal(expected, await AskAllAsync(mounts));
        }

        Assert.Single(_asked, path => path == "/dead");
        _serverIsBack.Set();
        await Waits.UntilAsync(() => _probe.StuckCount == 0);
        expected[1] = new(Some);
        Assert.Equal(expected, await AskAllAsync(mounts));
    }

    [Fact]
    public async Task Dead_servers_take_few_threads_and_never_hide_a_disk()
    {
        MountEntry[] mounts = [.. Enumerable.Range(0, 20).Select(i => Remote($"/dead{i}")), Disk("/z")];
        CapacityAnswer[] answers = await AskAllAsync(mounts);
        Assert.Equal(CapacityProbe.MostStuck, _asked.Count(path => path.StartsWith("/dead", StringComparison.Ordinal)));
        Assert.Equal(CapacityProbe.MostStuck, answers.Count(answer => answer == CapacityAnswer.TimedOut));
        Assert.Equal(mounts.Length - CapacityProbe.MostStuck - 1, answers.Count(answer => answer == CapacityAnswer.Skipped));
        Assert.Equal(new CapacityAnswer(Some), answers[^1]);
    }

    [Fact]
    public async Task Who_asks_at_the_same_time_gets_the_same_answers()
    {
        MountEntry[] mounts = [Disk("/"), Remote("/dead")];
        CapacityAnswer[][] all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAllAsync(mounts)));
        Assert.All(all, answers => Assert.Equal([new(Some), CapacityAnswer.TimedOut], answers));
        Assert.Single(_asked, path => path == "/dead");
    }

    // The clock moves only while somebody waits for a dead server, so that no healthy one is taken for dead.
    private async Task<CapacityAnswer[]> AskAllAsync(MountEntry[] mounts)
    {
        Task<CapacityAnswer[]> asking = _probe.AskAsync(mounts, Waits.Token);
        await Waits.UntilAsync(() =>
        {
            if (Volatile.Read(ref _waiting) > _probe.StuckCount)
            {
                _clock.Advance(Patience);
            }

            return asking.IsCompleted;
        });
        return await asking;
    }

    private Capacity Ask(string path)
    {
        _asked.Enqueue(path);
        if (path.StartsWith("/dead", StringComparison.Ordinal) && !_serverIsBack.IsSet)
        {
            Interlocked.Increment(ref _waiting);
            _serverIsBack.Wait(Waits.Token);
            Interlocked.Decrement(ref _waiting);
        }

        return path == "/stale" ? throw new LinuxException(path, Errno.EIO) : Some;
    }

    private static MountEntry Disk(string path) => new(1, 0, "254:0", true, path, false, "ext4", "/dev/vda");

    private static MountEntry Remote(string path) => new(1, 0, "0:40", true, path, false, "nfs4", "srv:/x");
}
