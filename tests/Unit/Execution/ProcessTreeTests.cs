using System.Diagnostics;
using System.Globalization;
using GuestAgent.Execution;
using GuestAgent.Processes;
using GuestAgent.Tests.Unit.Linux;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;
using RefusedCalls = GuestAgent.Tests.Testing.RefusedCalls;

namespace GuestAgent.Tests.Unit.Execution;

public sealed class ProcessTreeTests : IDisposable
{
    private static readonly TimeSpan LongGrace = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ShortGrace = TimeSpan.FromMilliseconds(50);

    private readonly Children _children = new();

    public void Dispose()
    {
        Assert.Equal(0, _children.Loop.Count);
        _children.Dispose();
    }

    [Fact]
    public async Task A_child_that_ignores_SIGTERM_needs_SIGKILL()
    {
        using ChildProcess child = await _children.SpawnAsync(
            Children.Shell("trap '' TERM; echo ready; while :; do sleep 1000; done"));
        await Children.ReadLineAsync(child.Stdout!);
        Assert.Equal(KillOutcome.Killed, await KillAsync(child, ShortGrace));
        Assert.Equal(9, (await child.Exited.InTime()).Signal);
    }

    [Fact]
    public async Task A_child_that_obeys_SIGTERM_may_clean_up()
    {
        (ChildProcess child, int other) = await SpawnWithEscapedAsync(
            "trap 'echo cleaned; exit 5' TERM; sleep 1000 & echo $!; wait");
        using (child)
        {
            // Between fork and exec it has the shell's trap, and would survive.
            await Waits.UntilAsync(() => File.ReadAllText($"/proc/{other}/comm") == "sleep\n");
            Assert.Equal(KillOutcome.Terminated, await KillAsync(child, LongGrace));
            Assert.Equal(5, (await child.Exited.InTime()).ExitCode);
            Assert.Equal("cleaned", await Children.ReadLineAsync(child.Stdout!));
        }
    }

    [Fact]
    public async Task A_child_that_may_not_be_signalled_does_not_keep_the_rest_from_being_ended()
    {
        (ChildProcess child, int escaped) = await SpawnWithEscapedAsync("setsid sleep 1000 & echo $!; wait");
        using (child)
        {
            // Refused to the thread that sends SIGTERM: the shell does not get it, and ends when what it waits for has.
            Task<KillOutcome>? killing = null;
            RefusedCalls.RunWithoutKill(() => killing = KillAsync(child, LongGrace));
            Assert.Equal(KillOutcome.Terminated, await killing!);
            Assert.False(Children.IsAlive(escaped));
        }
    }

    [Fact]
    public async Task A_stopped_child_obeys_SIGTERM_too()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("kill -STOP $$; exit 0"));
        await Waits.UntilAsync(() => ProcessStat.TryRead(child.Pid)?.State == 'T');
        Assert.Equal(KillOutcome.Terminated, await KillAsync(child, LongGrace));
    }

    [Fact]
    public async Task A_descendant_in_a_session_of_its_own_dies_with_the_rest()
    {
        (ChildProcess child, int escaped) = await SpawnWithEscapedAsync("setsid sleep 1000 & echo $!; wait");
        using (child)
        {
            await Waits.UntilAsync(() => ProcessStat.TryRead(escaped)?.SessionId == escaped);
            Assert.Equal(KillOutcome.Terminated, await KillAsync(child, LongGrace));
            Assert.False(Children.IsAlive(escaped));
        }
    }

    [Fact]
    public async Task A_descendant_that_ignores_SIGTERM_in_a_session_of_its_own_dies_too()
    {
        (ChildProcess child, int escaped) = await SpawnWithEscapedAsync(
            "trap '' TERM; setsid sleep 1000 & echo $!; trap - TERM; wait");
        using (child)
        {
            await Waits.UntilAsync(() => ProcessStat.TryRead(escaped)?.SessionId == escaped);

            // The child itself goes at SIGTERM, and with it the chain of parents: the descendant must be known by then.
            Assert.Equal(KillOutcome.Killed, await KillAsync(child, ShortGrace));
            Assert.Equal(15, (await child.Exited.InTime()).Signal);
            Assert.False(Children.IsAlive(escaped));
        }
    }

    [Fact]
    public async Task What_an_ended_child_left_in_its_session_dies()
    {
        (ChildProcess child, int left) = await SpawnWithEscapedAsync("sleep 1000 & echo $!");
        using (child)
        {
            await child.Exited.InTime();
            Assert.True(Children.IsAlive(left));
            Assert.Equal(KillOutcome.Terminated, await KillAsync(child, LongGrace));
            Assert.False(Children.IsAlive(left));
        }
    }

    [Fact]
    public async Task Where_all_is_over_nothing_is_done()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("exit 0"));
        await child.Exited.InTime();
        Assert.Equal(KillOutcome.AlreadyGone, await KillAsync(child, LongGrace));
    }

    [Fact]
    public async Task Without_grace_nothing_hears_SIGTERM()
    {
        using ChildProcess child = await _children.SpawnAsync(
            Children.Shell("trap 'echo heard' TERM; echo ready; while :; do sleep 1000 & wait; done"));
        await Children.ReadLineAsync(child.Stdout!);
        Assert.Equal(KillOutcome.Killed, await KillAsync(child, TimeSpan.Zero));
        Assert.Empty(await Children.ReadToEndAsync(child.Stdout).InTime());
    }

    [Fact]
    public async Task Cancellation_cuts_the_grace_short_and_finishes_the_kill()
    {
        using ChildProcess child = await _children.SpawnAsync(
            Children.Shell("trap '' TERM; echo ready; while :; do sleep 1000; done"));
        await Children.ReadLineAsync(child.Stdout!);
        using CancellationTokenSource cancel = new();
        long start = Stopwatch.GetTimestamp();
        Task<KillOutcome> kill = _children.Tree.KillAsync(child, LongGrace, cancel.Token);
        await cancel.CancelAsync();
        Assert.Equal(KillOutcome.Killed, await kill.InTime());
        Assert.True(Stopwatch.GetElapsedTime(start) < LongGrace / 2);
    }

    [Fact]
    public async Task A_tree_that_keeps_forking_is_stopped()
    {
        using ChildProcess child = await _children.SpawnAsync(
            Children.Shell("trap '' TERM; echo ready; while :; do (sleep 0.01; sleep 0.01) & sleep 0.002; done"));
        await Children.ReadLineAsync(child.Stdout!);
        Assert.Equal(KillOutcome.Killed, await KillAsync(child, ShortGrace));
        Assert.DoesNotContain(ProcessSnapshot.Read().All, p => p.SessionId == child.Pid && p.IsAlive);
    }

    private Task<KillOutcome> KillAsync(ChildProcess child, TimeSpan grace) =>
        _children.Tree.KillAsync(child, grace, Waits.Token).InTime();

    private async Task<(ChildProcess Child, int Escaped)> SpawnWithEscapedAsync(string script)
    {
        ChildProcess child = await _children.SpawnAsync(Children.Shell(script));
        return (child, int.Parse(await Children.ReadLineAsync(child.Stdout!), CultureInfo.InvariantCulture));
    }
}
