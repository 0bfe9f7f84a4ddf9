using System.Text;
using GuestAgent.Contracts.Processes;
using GuestAgent.Execution;
using GuestAgent.Processes;
using GuestAgent.Tests.Unit.Linux;
using Xunit;

namespace GuestAgent.Tests.Unit.Processes;

public sealed class ProcessTableTests
{
    [Theory]
    [InlineData("7 (a) b) S 2 0 0 0 -1 2129984 0 0 0 0 3 4 0 0 20 0 1 0 55", "a) b", true, 7)]
    [InlineData("7 () S 1 0 0 0 -1 4194304 0 0 0 0 3 4 0 0 20 0 1 0 55", "", false, 7)]
    [InlineData("7 (x)", "x", false, 0)]
    public void A_row_is_read_behind_any_name(string line, string name, bool isKernelThread, long ticks)
    {
        ProcessDetails details = ProcessDetails.TryParse(Encoding.UTF8.GetBytes(line))!.Value;
        Assert.Equal((name, isKernelThread, ticks), (details.Name, details.IsKernelThread, details.CpuTicks));
    }

    [Theory]
    [InlineData("")]
    [InlineData("7 x) (")]
    public void What_is_no_row_is_nothing(string line) => Assert.Null(ProcessDetails.TryParse(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Any_bytes_give_a_value_and_no_exception()
    {
        var random = new Random(20260103);
        for (int round = 0; round < 5000; round++)
        {
            byte[] bytes = new byte[random.Next(100)];
            random.NextBytes(bytes);
            ProcessDetails.TryParse(bytes);
            ProcessDetails.ParseStatus(bytes);
            ProcessDetails.ParseArguments(bytes);
        }
    }

    [Theory]
    [InlineData("a\0b c\0\0d\0", new[] { "a", "b c", "", "d" })]
    [InlineData("a process's own title", new[] { "a process's own title" })]
    [InlineData("a\0cut of", new[] { "a", "cut of" })]
    [InlineData("", new string[0])]
    public void Arguments_end_with_a_mark(string text, string[] arguments) =>
        Assert.Equal(arguments, ProcessDetails.ParseArguments(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Arguments_that_are_not_text_are_marked() =>
        Assert.Equal(["a\ufffd"], ProcessDetails.ParseArguments([(byte)'a', 0xFF, 0]));

    [Fact]
    public void The_effective_user_counts() => Assert.Equal(
        (1000L, 3, 512L),
        ProcessDetails.ParseStatus("Name:\tx\nUid:\t0\t1000\t0\t0\nVmRSS:\t     512 kB\nThreads:\t3\n"u8));

    [Fact]
    public void This_process_is_described()
    {
        ProcessEntry self = Find(Environment.ProcessId);
        Assert.Equal(ProcessStat.TryRead(self.Pid)!.Value.ParentPid, self.ParentPid);
        Assert.Equal(File.ReadAllText("/proc/self/comm").TrimEnd('\n'), self.Name);
        Assert.NotEmpty(self.Arguments!);
        Assert.True(self.Threads > 1 && self.MemoryKb > 0 && self.CpuTimeMs > 0);
        Assert.InRange(self.StartedMs, 1, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
    }

    [Fact]
    public void The_time_of_start_stays_the_same() =>
        Assert.InRange(Find(Environment.ProcessId).StartedMs - Find(Environment.ProcessId).StartedMs, -10, 10);

    [Fact]
    public void Pages_follow_one_another()
    {
        int first = Environment.ProcessId;
        ProcessListResult page = ProcessTable.Read(0, 1, _ => true, Waits.Token);
        Assert.Single(page.Processes);
        Assert.True(page.Truncated);
        Assert.Equal(first, Assert.Single(ProcessTable.Read(first - 1, 1, _ => true, Waits.Token).Processes).Pid);
        ProcessListResult none = ProcessTable.Read(int.MaxValue, 1, _ => true, Waits.Token);
        Assert.Empty(none.Processes);
        Assert.False(none.Truncated);
    }

    [Fact]
    public void The_test_and_its_parents_are_its_own_ancestors_and_others_are_not()
    {
        using ForeignProcess self = ForeignProcess.TryOpen(Environment.ProcessId)!;
        Assert.True(self.IsOwnAncestor);
        // The first process of a container has no parent in it.
        using ForeignProcess? parent = ForeignProcess.TryOpen(ProcessStat.TryRead(Environment.ProcessId)!.Value.ParentPid);
        Assert.True(parent?.IsOwnAncestor ?? true);
        using System.Diagnostics.Process child = System.Diagnostics.Process.Start("/bin/sleep", "60");
        using ForeignProcess other = ForeignProcess.TryOpen(child.Id)!;
        Assert.False(other.IsOwnAncestor || other.IsKernelThread);
        Assert.InRange(other.StartedMs - Find(child.Id).StartedMs, -20, 20);
        Assert.True(other.Signal(9));
        child.WaitForExit();
        Assert.False(other.Signal(15));
        Assert.Null(ForeignProcess.TryOpen(child.Id));
    }

    private static ProcessEntry Find(int pid) =>
        Assert.Single(ProcessTable.Read(pid - 1, 1, process => process.Pid == pid, Waits.Token).Processes);
}
