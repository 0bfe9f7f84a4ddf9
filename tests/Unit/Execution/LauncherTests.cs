using GuestAgent.Accounts;
using GuestAgent.Execution;
using GuestAgent.Linux.Native;
using GuestAgent.Processes;
using GuestAgent.Tests.Unit.Linux;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;
using RefusedCalls = GuestAgent.Tests.Testing.RefusedCalls;

namespace GuestAgent.Tests.Unit.Execution;

/// <summary>The launcher here is the agent's program on the JIT, which the build puts beside the tests.</summary>
public sealed class LauncherTests : IDisposable
{
    private static readonly Account Nobody = new("nobody", 65534, 65534, [65534, 1, 12345], "/", "/bin/sh");
    private static readonly Account Daemon = new("daemon", 1, 1, [1], "/usr/sbin", "/bin/sh");

    private readonly Children _children = new();
    private readonly TemporaryDirectory _directory = new();

    public LauncherTests()
    {
        Assert.SkipUnless(LibC.geteuid() == 0, "only root can become another user");
        Assert.SkipUnless(File.Exists(Children.LauncherPath), "the agent's program is not beside the tests");
    }

    public void Dispose()
    {
        Assert.Equal(0, _children.Loop.Count);
        _children.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        SpawnException failure = await FailAsync(
            Children.Shell("") with { FileName = "/no/such/program", Account = Nobody });
        Assert.Equal((SpawnStep.Execute, Errno.ENOENT), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task A_missing_working_directory_is_told_apart_from_a_missing_file()
    {
        SpawnException failure = await FailAsync(
            Children.Shell("") with { WorkingDirectory = "/no/such/place", Account = Nobody });
        Assert.Equal((SpawnStep.WorkingDirectory, Errno.ENOENT), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task A_working_directory_that_the_user_may_not_enter_is_refused()
    {
        File.SetUnixFileMode(_directory.Path, UnixFileMode.UserExecute | UnixFileMode.UserWrite | UnixFileMode.UserRead);
        SpawnException failure = await FailAsync(
            Children.Shell("") with { WorkingDirectory = _directory.Path, Account = Nobody });
        Assert.Equal((SpawnStep.WorkingDirectory, Errno.EACCES), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task A_program_that_only_root_may_execute_is_refused()
    {
        string program = _directory.Write("program", "#!/bin/sh\n");
        File.SetUnixFileMode(program, UnixFileMode.UserExecute | UnixFileMode.UserRead);
        SpawnException failure = await FailAsync(Children.Shell("") with { FileName = program, Account = Nobody });
        Assert.Equal((SpawnStep.Execute, Errno.EACCES), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task A_user_id_that_no_user_can_have_is_refused()
    {
        SpawnException failure = await FailAsync(
            Children.Shell("") with { Account = Nobody with { UserId = uint.MaxValue } });
        Assert.Equal((SpawnStep.User, Errno.EINVAL), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task Every_id_and_group_changes_and_no_capability_is_left()
    {
        Finished finished = await _children.RunAsync(Status with { Account = Nobody });
        string[] lines = finished.Text.Split('\n');
        Assert.Contains("Uid:\t65534\t65534\t65534\t65534", lines);
        Assert.Contains("Gid:\t65534\t65534\t65534\t65534", lines);
        Assert.Contains("Groups:\t1 12345 65534 ", lines);
        Assert.Contains("CapEff:\t0000000000000000", lines);
        Assert.Contains("CapPrm:\t0000000000000000", lines);
    }

    [Fact]
    public async Task Another_user_is_just_as_possible()
    {
        Finished finished = await _children.RunAsync(Children.Shell("id -u; id -g; id -G") with { Account = Daemon });
        Assert.Equal("1\n1\n1\n", finished.Text);
    }

    [Fact]
    public async Task Roots_files_are_closed_to_the_user()
    {
        File.SetUnixFileMode(_directory.Write("secret", "x"), UnixFileMode.UserRead);
        Finished finished = await _children.RunAsync(
            Children.Shell($"cat {_directory.Path}/secret") with { Account = Nobody });
        Assert.Equal(1, finished.Status.ExitCode);
        Assert.Contains("Permission denied", finished.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_surroundings_are_as_clean_as_without_a_switch()
    {
        string[] lines = (await _children.RunAsync(Status with { Account = Nobody })).Text.Split('\n');
        Assert.Contains("SigBlk:\t0000000000000000", lines);
        Assert.Contains("SigIgn:\t0000000000000000", lines);
        ChildStart list = Children.Shell("") with { FileName = "/bin/ls", Arguments = ["ls", "/proc/self/fd"] };
        Assert.Equal("0\n1\n2\n3\n", (await _children.RunAsync(list with { Account = Nobody })).Text);
        ChildStart env = Children.Shell("") with { FileName = "/usr/bin/env", Arguments = ["env"] };
        Assert.Equal("PATH=/usr/bin:/bin\n", (await _children.RunAsync(env with { Account = Nobody })).Text);
    }

    [Fact]
    public async Task On_a_kernel_that_cannot_close_a_range_no_descriptor_passes_either_and_the_start_is_seen_at_once()
    {
        ChildStart list = Children.Shell("ls /proc/self/fd; read line") with { Account = Nobody, Stdin = ChildStream.Pipe };
        Task<ChildProcess>? spawning = null;
        RefusedCalls.RunWithoutCloseRange(() => spawning = _children.SpawnAsync(list));
        using ChildProcess child = await spawning!.InTime();
        var lines = new List<string>();
        while (lines.Count < 4)
        {
            lines.Add(await Children.ReadLineAsync(child.Stdout!));
        }

        Assert.Equal(["0", "1", "2", "3"], lines);
        child.Stdin!.Dispose();
        await child.Exited.InTime();
    }

    [Fact]
    public async Task Arguments_working_directory_streams_and_exit_pass_through()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("pwd; echo \"$0 $1\"; cat; exit 7") with
        {
            Arguments = ["sh", "-c", "pwd; echo \"$0|$1\"; cat; exit 7", "", "ü b"],
            WorkingDirectory = _directory.Path,
            Stdin = ChildStream.Pipe,
            Account = Nobody,
        });
        await child.Stdin!.WriteAllAsync("in"u8.ToArray(), Waits.Token).InTime();
        child.Stdin.Dispose();
        Assert.Equal(
            $"{_directory.Path}\n|ü b\nin",
            System.Text.Encoding.UTF8.GetString(await Children.ReadToEndAsync(child.Stdout).InTime()));
        Assert.Equal(7, (await child.Exited.InTime()).ExitCode);
        Assert.Equal(child.Pid, ProcessStat.TryRead(child.Pid)?.SessionId);
    }

    [Fact]
    public async Task A_specification_larger_than_a_pipe_arrives()
    {
        string[] arguments = [.. Enumerable.Repeat(new string('x', 100_000), 8)];
        Finished finished = await _children.RunAsync(Children.Shell("") with
        {
            Arguments = ["sh", "-c", "echo $#", .. arguments],
            Account = Nobody,
        });
        Assert.Equal("7\n", finished.Text);
    }

    [Fact]
    public async Task Cancellation_ends_the_launcher()
    {
        using CancellationTokenSource cancel = new();
        Task<ChildProcess> spawn = _children.Spawner.SpawnAsync(
            Children.Shell("exec sleep 1000") with { Account = Nobody }, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => spawn.InTime());
        await Waits.UntilAsync(() => _children.Loop.Count == 0);
    }

    private static ChildStart Status =>
        Children.Shell("") with { FileName = "/bin/cat", Arguments = ["cat", "/proc/self/status"] };

    private Task<SpawnException> FailAsync(ChildStart start) =>
        Assert.ThrowsAsync<SpawnException>(() => _children.SpawnAsync(start));
}
