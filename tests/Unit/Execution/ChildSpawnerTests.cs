using GuestAgent.Accounts;
using GuestAgent.Execution;
using GuestAgent.Linux.Native;
using GuestAgent.Tests.Unit.Linux;
using GuestAgent.Tests.Unit.Execution.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Execution;

public sealed class ChildSpawnerTests : IDisposable
{
    private readonly Children _children = new();
    private readonly TemporaryDirectory _directory = new();

    public void Dispose()
    {
        Assert.Equal(0, _children.Loop.Count);
        _children.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        SpawnException failure = await FailAsync(Start("/no/such/program"));
        Assert.Equal((SpawnStep.Execute, Errno.ENOENT), (failure.Step, failure.Errno));
        Assert.Equal("cannot execute /no/such/program: no such file or directory (ENOENT)", failure.Message);
    }

    [Fact]
    public async Task A_missing_working_directory_is_told_apart_from_a_missing_file()
    {
        SpawnException failure = await FailAsync(Start("/no/such/program") with { WorkingDirectory = "/no/such/place" });
        Assert.Equal((SpawnStep.WorkingDirectory, Errno.ENOENT), (failure.Step, failure.Errno));
        Assert.Contains("/no/such/place", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_working_directory_that_is_a_file_is_refused()
    {
        SpawnException failure = await FailAsync(Start("/bin/true") with { WorkingDirectory = "/etc/passwd" });
        Assert.Equal((SpawnStep.WorkingDirectory, Errno.ENOTDIR), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task A_file_without_the_right_to_execute_is_refused()
    {
        SpawnException failure = await FailAsync(Start(_directory.Write("script", "#!/bin/sh\n")));
        Assert.Equal((SpawnStep.Execute, Errno.EACCES), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task A_directory_is_no_program()
    {
        SpawnException failure = await FailAsync(Start(_directory.Path));
        Assert.Equal((SpawnStep.Execute, Errno.EACCES), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task A_file_that_is_no_program_does_not_go_to_a_shell()
    {
        SpawnException failure = await FailAsync(Start(_directory.Write("text", "echo ran\n", executable: true)));
        Assert.Equal((SpawnStep.Execute, Errno.ENOEXEC), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task A_missing_interpreter_is_told_apart_from_a_missing_file()
    {
        SpawnException failure = await FailAsync(Start(_directory.Write("script", "#!/no/such/sh\n", executable: true)));
        Assert.Equal((SpawnStep.Execute, Errno.ENOENT), (failure.Step, failure.Errno));
        Assert.Contains("its interpreter is missing", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\0b", "A=1", "/")]
    [InlineData("a", "A=1\0", "/")]
    [InlineData("a", "A=1", "/tmp\0/x")]
    public async Task What_the_kernel_would_cut_off_at_a_NUL_is_refused(string argument, string variable, string directory)
    {
        SpawnException failure = await FailAsync(Start("/bin/echo") with
        {
            Arguments = ["echo", argument],
            Environment = [variable],
            WorkingDirectory = directory,
        });
        Assert.Equal(SpawnStep.Arguments, failure.Step);
    }

    [Fact]
    public async Task Arguments_beyond_the_kernels_limit_are_refused()
    {
        SpawnException failure = await FailAsync(
            Start("/bin/echo") with { Arguments = ["echo", new string('x', 200_000)] });
        Assert.Equal((SpawnStep.Execute, Errno.E2BIG), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task A_file_that_somebody_writes_is_refused_in_the_end_and_runs_once_it_is_closed()
    {
        string program = _directory.Path + "/true";
        File.Copy("/bin/true", program);
        FileStream writer = File.OpenWrite(program);
        SpawnException failure = await FailAsync(Start(program));
        Assert.Equal((SpawnStep.Execute, Errno.ETXTBSY), (failure.Step, failure.Errno));
        Task<ChildProcess> spawn = _children.SpawnAsync(Start(program));
        await writer.DisposeAsync();
        using ChildProcess child = await spawn;
        Assert.Equal(0, (await child.Exited.InTime()).ExitCode);
    }

    [Fact]
    public async Task A_cancelled_token_starts_nothing() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _children.Spawner.SpawnAsync(Start("/bin/true"), new CancellationToken(true)).InTime());

    [Fact]
    public async Task A_launcher_that_is_missing_is_no_missing_program()
    {
        using ChildSpawner spawner = new(_children.Loop, null, "/no/such/launcher");
        SpawnException failure = await Assert.ThrowsAsync<SpawnException>(
            () => spawner.SpawnAsync(Start("/bin/true") with { Account = Nobody }, Waits.Token).InTime());
        Assert.Equal((SpawnStep.Launcher, Errno.ENOENT), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task A_launcher_that_dies_without_a_report_is_an_error()
    {
        using ChildSpawner spawner = new(_children.Loop, null, "/bin/false");
        SpawnException failure = await Assert.ThrowsAsync<SpawnException>(
            () => spawner.SpawnAsync(Start("/bin/true") with { Account = Nobody }, Waits.Token).InTime());
        Assert.Equal(SpawnStep.Launcher, failure.Step);
    }

    private static Account Nobody => new("nobody", 65534, 65534, [65534], "/", "/bin/sh");

    private static ChildStart Start(string file) => new() { FileName = file, Arguments = [file], Environment = [] };

    private Task<SpawnException> FailAsync(ChildStart start) =>
        Assert.ThrowsAsync<SpawnException>(() => _children.SpawnAsync(start));
}
