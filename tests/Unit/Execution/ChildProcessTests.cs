using System.Text;
using GuestAgent.Execution;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Processes;
using GuestAgent.Tests.Unit.Linux;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Execution;

public sealed class ChildProcessTests : IDisposable
{
    private readonly Children _children = new();

    public void Dispose() => _children.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    public async Task The_exit_code_is_reported(int code)
    {
        Finished finished = await _children.RunAsync($"exit {code}");
        Assert.Equal((code, null), (finished.Status.ExitCode, finished.Status.Signal));
    }

    [Fact]
    public async Task A_child_that_ends_at_once_is_never_watched()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("exit 7"));
        Assert.True(child.EndsWithin(Waits.Limit));
        Assert.Equal(7, (await child.Exited).ExitCode);
        Assert.Equal(0, _children.Loop.Count);
    }

    [Fact]
    public async Task A_child_that_lives_on_is_not_waited_for_longer_than_asked()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("read x") with { Stdin = ChildStream.Pipe });
        Assert.False(child.EndsWithin(TimeSpan.FromMilliseconds(1)));
        child.Stdin!.Dispose();
        Assert.Equal(1, (await child.Exited.InTime()).ExitCode);
    }

    [Fact]
    public async Task A_signal_is_no_exit_code()
    {
        Finished finished = await _children.RunAsync("kill -KILL $$");
        Assert.Equal((null, 9), (finished.Status.ExitCode, finished.Status.Signal));
        Assert.False(finished.Status.CoreDumped);
    }

    [Fact]
    public async Task A_grandchild_that_holds_the_pipe_does_not_delay_the_exit()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("sleep 1000 & echo $!; exit 3"));
        int grandchild = int.Parse(
            await Children.ReadLineAsync(child.Stdout!), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(3, (await child.Exited.InTime()).ExitCode);
        Assert.Equal(TransferStatus.WouldBlock, child.Stdout!.TryRead(new byte[1]).Status);
        Assert.True(Children.IsAlive(grandchild));
        child.Signal(LibC.SIGKILL, group: true);
        Assert.Empty(await Children.ReadToEndAsync(child.Stdout).InTime());
    }

    [Fact]
    public async Task An_ended_child_keeps_its_number_until_it_is_disposed()
    {
        ChildProcess child = await _children.SpawnAsync(Children.Shell("exit 0"));
        await child.Exited.InTime();
        Assert.True(child.HoldsPid);
        Assert.Equal('Z', ProcessStat.TryRead(child.Pid)?.State);
        child.Dispose();
        Assert.False(child.HoldsPid);
        Assert.NotEqual(Environment.ProcessId, ProcessStat.TryRead(child.Pid)?.ParentPid);
        Assert.False(child.Signal(LibC.SIGKILL, group: true));
        Assert.False(child.Signal(LibC.SIGKILL, group: false));
        child.Dispose();
    }

    [Fact]
    public async Task A_child_disposed_before_its_end_is_reaped_at_its_end()
    {
        ChildProcess child = await _children.SpawnAsync(Children.Shell("read x") with { Stdin = ChildStream.Pipe });
        child.Dispose();
        await child.Exited.InTime();
        Assert.False(child.HoldsPid);
        Assert.Equal(0, _children.Loop.Count);
    }

    [Fact]
    public async Task Output_written_right_before_the_exit_is_still_there()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("printf tail"));
        await child.Exited.InTime();
        byte[] buffer = new byte[16];
        Assert.Equal(new Transfer(TransferStatus.Moved, 4), child.Stdout!.TryRead(buffer));
        Assert.Equal(TransferStatus.Nothing, child.Stdout.TryRead(buffer).Status);
    }

    [Fact]
    public async Task Both_outputs_carry_a_lot_without_a_deadlock()
    {
        Finished finished = await _children.RunAsync(
            "head -c 5000000 /dev/zero & head -c 5000000 /dev/zero >&2; wait");
        Assert.Equal((5_000_000, 5_000_000), (finished.Output.Length, finished.Error.Length));
    }

    [Fact]
    public async Task Input_comes_back_byte_by_byte_and_ends()
    {
        byte[] sent = new byte[1_000_000];
        new Random(2).NextBytes(sent);
        ChildStart cat = Children.Shell("exec cat") with { Stdin = ChildStream.Pipe };
        using ChildProcess child = await _children.SpawnAsync(cat);
        Task<byte[]> output = Children.ReadToEndAsync(child.Stdout);
        await child.Stdin!.WriteAllAsync(sent, Waits.Token).InTime();
        child.Stdin.Dispose();
        Assert.True((await output.InTime()).AsSpan().SequenceEqual(sent));
        Assert.Equal(0, (await child.Exited.InTime()).ExitCode);
    }

    [Fact]
    public async Task Input_for_a_child_that_does_not_read_fails_and_harms_nobody()
    {
        using ChildProcess child = await _children.SpawnAsync(
            Children.Shell("exec <&-; echo closed; exec sleep 1000") with { Stdin = ChildStream.Pipe });
        await Children.ReadLineAsync(child.Stdout!);
        LinuxException failure = await Assert.ThrowsAsync<LinuxException>(
            () => child.Stdin!.WriteAllAsync(new byte[1_000_000], Waits.Token).InTime());
        Assert.Equal(Errno.EPIPE, failure.Errno);
        child.Signal(LibC.SIGKILL, group: true);
        await child.Exited.InTime();
    }

    [Fact]
    public async Task Streams_that_are_no_pipes_are_the_null_device()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("readlink /proc/self/fd/0 /proc/self/fd/2") with
        {
            Stderr = ChildStream.NullDevice,
        });
        Assert.Null(child.Stdin);
        Assert.Null(child.Stderr);
        Assert.Equal(
            "/dev/null\n/dev/null\n",
            Encoding.UTF8.GetString(await Children.ReadToEndAsync(child.Stdout).InTime()));
        await child.Exited.InTime();
    }

    [Fact]
    public async Task The_childs_ends_of_its_pipes_block()
    {
        // O_NONBLOCK is 04000; "flags" in fdinfo is octal.
        Finished finished = await _children.RunAsync(
            Children.Shell("cat /proc/self/fdinfo/0 /proc/self/fdinfo/1 /proc/self/fdinfo/2 | grep flags") with
            {
                Stdin = ChildStream.Pipe,
            });
        int[] flags = [.. finished.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => Convert.ToInt32(line.Split('\t')[^1].Trim(), 8))];
        Assert.Equal(3, flags.Length);
        Assert.All(flags, flag => Assert.Equal(0, flag & LibC.O_NONBLOCK));
    }

    [Fact]
    public async Task A_signal_to_the_group_reaches_all_of_it()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("sleep 1000 & echo ready; wait"));
        await Children.ReadLineAsync(child.Stdout!);
        Assert.True(child.Signal(LibC.SIGTERM, group: true));
        Assert.Equal(LibC.SIGTERM, (await child.Exited.InTime()).Signal);
        Assert.Empty(await Children.ReadToEndAsync(child.Stdout).InTime());
    }

    [Fact]
    public async Task A_signal_to_the_child_spares_its_children()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("sleep 1000 & echo $!; wait"));
        int other = int.Parse(
            await Children.ReadLineAsync(child.Stdout!), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(child.Signal(LibC.SIGKILL, group: false));
        await child.Exited.InTime();
        Assert.True(Children.IsAlive(other));
        Assert.True(child.Signal(LibC.SIGKILL, group: true));
    }

    [Fact]
    public async Task What_the_child_used_is_known()
    {
        Finished finished = await _children.RunAsync("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done");
        Assert.True(finished.Status.Usage.UserTime + finished.Status.Usage.SystemTime > TimeSpan.Zero);
    }

    [Fact]
    public async Task Many_children_run_side_by_side()
    {
        Finished[] finished = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => _children.RunAsync($"echo {i}; exit {i}"))).InTime();
        Assert.All(finished, (f, i) => Assert.Equal((i, $"{i}\n"), (f.Status.ExitCode!.Value, f.Text)));
    }
}
