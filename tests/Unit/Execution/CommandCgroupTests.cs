using System.Globalization;
using GuestAgent.Accounts;
using GuestAgent.Execution;
using GuestAgent.Processes;
using GuestAgent.Tests.Unit.Linux;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Execution;

/// <summary>Needs a writable cgroup v2, which containers seldom have.</summary>
public sealed class CommandCgroupTests : IDisposable
{
    private readonly Children _children = new(cgroups: true);
    private readonly CommandCgroups? _cgroups = CommandCgroups.TryOpen();

    public CommandCgroupTests() => Assert.SkipWhen(_cgroups is null, "no cgroup v2 that this process may write");

    public void Dispose() => _children.Dispose();

    [Fact]
    public async Task A_descendant_without_a_living_chain_of_parents_dies_too()
    {
        using ChildProcess child = await _children.SpawnAsync(
            Children.Shell("read x; (setsid sleep 1000 & echo $!); exec sleep 1000") with { Stdin = ChildStream.Pipe });
        await Waits.UntilAsync(() => child.Cgroup is not null);
        await child.Stdin!.WriteAllAsync("\n"u8.ToArray(), Waits.Token).InTime();
        int lost = int.Parse(await Children.ReadLineAsync(child.Stdout!), CultureInfo.InvariantCulture);
        await Waits.UntilAsync(() => ProcessStat.TryRead(lost) is { } p && p.SessionId == lost && p.ParentPid != child.Pid);
        string path = child.Cgroup!.Path;
        Assert.Contains(lost, child.Cgroup.Members());
        await _children.Tree.KillAsync(child, TimeSpan.Zero, Waits.Token).InTime();
        Assert.False(Children.IsAlive(lost));
        child.Dispose();
        await UntilRemovedAsync(path);
    }

    [Fact]
    public async Task Children_from_before_the_move_are_moved_as_well()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("sleep 1000 & echo $!; wait"));
        int other = int.Parse(await Children.ReadLineAsync(child.Stdout!), CultureInfo.InvariantCulture);
        await Waits.UntilAsync(() => child.Cgroup?.Members().Contains(other) == true);
        Assert.Contains(child.Pid, child.Cgroup!.Members());
        await _children.Tree.KillAsync(child, TimeSpan.Zero, Waits.Token).InTime();
    }

    [Fact]
    public async Task A_switched_child_begins_in_its_cgroup()
    {
        Assert.SkipUnless(LibC.geteuid() == 0, "only root can become another user");
        ChildStart start = Children.Shell("grep ^0:: /proc/self/cgroup") with
        {
            Account = new Account("nobody", 65534, 65534, [65534], "/", "/bin/sh"),
        };
        Assert.Matches("/command-[0-9]+-[0-9]+\n$", (await _children.RunAsync(start)).Text);
    }

    [Fact]
    public async Task A_short_child_costs_no_cgroup()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("exit 0"));
        await child.Exited.InTime();
        Assert.Null(child.Cgroup);
    }

    [Fact]
    public async Task A_cgroup_in_use_is_removed_later()
    {
        CommandCgroup cgroup = _cgroups!.TryCreate()!;
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("read x") with { Stdin = ChildStream.Pipe });
        Assert.True(CommandCgroup.TryMove(cgroup.ProcessesFile, child.Pid));
        cgroup.Dispose();
        Assert.True(Directory.Exists(cgroup.Path));
        child.Stdin!.Dispose();
        await child.Exited.InTime();
        await UntilRemovedAsync(cgroup.Path);
    }

    [Fact]
    public void A_cgroup_that_is_gone_is_no_failure()
    {
        CommandCgroup cgroup = _cgroups!.TryCreate()!;
        Assert.True(cgroup.TryRemove());
        Assert.True(cgroup.TryRemove());
        Assert.False(cgroup.TryKill());
        Assert.Empty(cgroup.Members());
        Assert.False(CommandCgroup.TryMove(cgroup.ProcessesFile, Environment.ProcessId));
    }

    /// <summary>The kernel lets a cgroup go a moment after its last member, and the next command does the rest.</summary>
    private async Task UntilRemovedAsync(string path) => await Waits.UntilAsync(() =>
    {
        _cgroups!.TryCreate()!.Dispose();
        return !Directory.Exists(path) || new CommandCgroup(path, _cgroups).TryRemove();
    });
}
