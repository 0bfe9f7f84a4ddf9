using GuestAgent.Accounts;
using GuestAgent.Execution;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Tests.Unit.Execution.Support;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Execution;

/// <summary>Programs and directories that are used as they are held, whatever their path leads to by then.</summary>
public sealed class HeldProgramTests : IDisposable
{
    private static readonly Account Nobody = new("nobody", 65534, 65534, [65534], "/", "/bin/sh");

    private readonly Children _children = new();
    private readonly TemporaryDirectory _directory = new();

    public static IEnumerable<TheoryDataRow<bool>> AsNobody => [new(false), new(true)];

    public void Dispose()
    {
        _children.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [MemberData(nameof(AsNobody))]
    public async Task The_held_program_runs_and_not_what_has_taken_its_name(bool asNobody)
    {
        string path = Copy("/bin/cat", "program");
        using SafeFileHandle held = Hold(path);
        File.Move(path, path + "-before");
        _directory.Write("program", "#!/bin/sh\necho exchanged\n", executable: true);
        Finished finished = await _children.RunAsync(Start(asNobody, path, "/proc/self/cmdline") with { HeldProgram = held });
        Assert.Equal($"{path}\0/proc/self/cmdline\0", finished.Text);
    }

    [Theory]
    [MemberData(nameof(AsNobody))]
    public async Task The_program_does_not_inherit_its_own_descriptor(bool asNobody)
    {
        using SafeFileHandle held = Hold(Copy("/bin/ls", "program"));
        Finished finished = await _children.RunAsync(Start(asNobody, "program", "/proc/self/fd") with { HeldProgram = held });
        // The fourth is the directory that ls itself reads.
        Assert.Equal("0\n1\n2\n3\n", finished.Text);
    }

    [Fact]
    public async Task A_held_program_whose_number_is_among_the_childs_own_runs_as_well()
    {
        // The lowest numbers are taken, so that only many copies come to lie where the child's streams go.
        using SafeFileHandle held = Hold(Copy("/bin/echo", "program"));
        for (int i = 0; i < 20; i++)
        {
            using SafeFileHandle other = Hold(_directory.Path + "/program");
            Finished finished = await _children.RunAsync(Start(false, "program", "here") with { HeldProgram = i % 2 == 0 ? held : other });
            Assert.Equal("here\n", finished.Text);
        }
    }

    [Fact]
    public async Task A_held_program_that_may_not_be_executed_is_told_so()
    {
        using SafeFileHandle held = Hold(_directory.Write("program", "x"));
        var failure = await Assert.ThrowsAsync<SpawnException>(
            () => _children.SpawnAsync(Start(false, "program", "") with { HeldProgram = held }));
        Assert.Equal((SpawnStep.Execute, Errno.EACCES), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task The_held_directory_is_where_it_starts()
    {
        using SafeFileHandle held = HoldExchanged();
        Finished finished = await _children.RunAsync(Pwd(false) with { HeldDirectory = held });
        Assert.Equal(_directory.Path + "/place-before\n", finished.Text);
    }

    [Fact]
    public async Task Another_user_starts_in_the_held_directory_or_not_at_all()
    {
        Assert.SkipUnless(LibC.geteuid() == 0, "only root can become another user");
        Directory.CreateDirectory(_directory.Path + "/quiet");
        using SafeFileHandle quiet = Hold(_directory.Path + "/quiet");
        ChildStart there = Pwd(true) with { WorkingDirectory = _directory.Path + "/quiet", HeldDirectory = quiet };
        Assert.Equal(_directory.Path + "/quiet\n", (await _children.RunAsync(there)).Text);

        using SafeFileHandle held = HoldExchanged();
        var failure = await Assert.ThrowsAsync<SpawnException>(
            () => _children.SpawnAsync(Pwd(true) with { HeldDirectory = held }));
        Assert.Equal((SpawnStep.WorkingDirectory, Errno.ESTALE), (failure.Step, failure.Errno));
    }

    [Fact]
    public async Task Another_user_starts_in_no_directory_that_he_cannot_reach()
    {
        Assert.SkipUnless(LibC.geteuid() == 0, "only root can become another user");
        Directory.CreateDirectory(_directory.Path + "/closed/open");
        File.SetUnixFileMode(_directory.Path + "/closed", UnixFileMode.UserExecute | UnixFileMode.UserWrite | UnixFileMode.UserRead);
        using SafeFileHandle held = Hold(_directory.Path + "/closed/open");
        var failure = await Assert.ThrowsAsync<SpawnException>(() => _children.SpawnAsync(
            Pwd(true) with { WorkingDirectory = _directory.Path + "/closed/open", HeldDirectory = held }));
        Assert.Equal((SpawnStep.WorkingDirectory, Errno.EACCES), (failure.Step, failure.Errno));
    }

    private static ChildStart Start(bool asNobody, string name, string argument)
    {
        Assert.SkipUnless(!asNobody || LibC.geteuid() == 0, "only root can become another user");
        return new ChildStart
        {
            FileName = name,
            Arguments = [name, argument],
            Environment = [],
            Account = asNobody ? Nobody : null,
        };
    }

    private static SafeFileHandle Hold(string path) =>
        NativeMethods.open(path, LibC.O_PATH | LibC.O_CLOEXEC, 0).OrThrow("open " + path);

    private ChildStart Pwd(bool asNobody) => Start(asNobody, "/bin/pwd", "-P") with { WorkingDirectory = _directory.Path + "/place" };

    private SafeFileHandle HoldExchanged()
    {
        string path = _directory.Path + "/place";
        Directory.CreateDirectory(path);
        SafeFileHandle held = Hold(path);
        Directory.Move(path, path + "-before");
        Directory.CreateDirectory(path);
        return held;
    }

    private string Copy(string program, string name)
    {
        string path = Path.Combine(_directory.Path, name);
        File.Copy(program, path);
        return path;
    }
}
