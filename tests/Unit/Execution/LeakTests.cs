using GuestAgent.Execution;
using GuestAgent.Processes;
using GuestAgent.Tests.Unit.Linux;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Execution;

[Collection(nameof(Alone))]
public sealed class LeakTests : IDisposable
{
    // What the runtime opens for itself meanwhile. One of each child would be a thousand, of each failure a hundred.
    private const int RuntimesOwn = 8;

    private readonly Children _children = new();
    private readonly HashSet<int> _started = [];

    public void Dispose() => _children.Dispose();

    [Fact]
    public async Task A_thousand_children_leave_nothing_behind()
    {
        await RunAsync(20);
        (int descriptors, int threads) = (Descriptors(), Threads());
        await RunAsync(1000);
        Assert.InRange(Descriptors(), 1, descriptors + RuntimesOwn);
        // The pool of the runtime may grow by itself.
        Assert.InRange(Threads(), 1, threads + Environment.ProcessorCount + 4);
        Assert.Equal(0, _children.Loop.Count);
        Assert.DoesNotContain(ProcessSnapshot.Read().All, p => p.ParentPid == Environment.ProcessId && _started.Contains(p.Pid));
    }

    [Fact]
    public async Task A_hundred_failures_leave_nothing_behind()
    {
        ChildStart start = Children.Shell("") with { FileName = "/no/such/program" };
        await Assert.ThrowsAsync<SpawnException>(() => _children.SpawnAsync(start));
        int descriptors = Descriptors();
        for (int i = 0; i < 100; i++)
        {
            await Assert.ThrowsAsync<SpawnException>(() => _children.SpawnAsync(start));
        }

        Assert.InRange(Descriptors(), 1, descriptors + RuntimesOwn);
        Assert.Equal(0, _children.Loop.Count);
    }

    private async Task RunAsync(int times)
    {
        ChildStart start = new()
        {
            FileName = "/bin/true",
            Arguments = ["true"],
            Environment = [],
            Stdin = ChildStream.Pipe,
        };
        for (int i = 0; i < times; i++)
        {
            using ChildProcess child = await _children.SpawnAsync(start);
            _started.Add(child.Pid);
            Assert.Equal(0, (await child.Exited.InTime()).ExitCode);
        }
    }

    // What earlier tests left to the garbage collector must not go, or come, between two counts.
    private static int Descriptors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Directory.GetFiles("/proc/self/fd").Length;
    }

    private static int Threads() => Directory.GetDirectories("/proc/self/task").Length;
}
