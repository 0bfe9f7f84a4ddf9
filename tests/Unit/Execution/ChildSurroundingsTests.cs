using GuestAgent.Execution;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Processes;
using GuestAgent.Tests.Unit.Linux;
using GuestAgent.Tests.Unit.Execution.Support;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace GuestAgent.Tests.Unit.Execution;

/// <summary>What of the agent reaches a child: nothing.</summary>
public sealed class ChildSurroundingsTests : IDisposable
{
    private readonly Children _children = new();

    public void Dispose() => _children.Dispose();

    [Fact]
    public async Task No_descriptor_is_inherited()
    {
        // Without O_CLOEXEC, such as a careless library leaves behind.
        using SafeFileHandle left = NativeMethods.open("/dev/null", LibC.O_RDONLY, 0).OrThrow("open");
        ChildStart list = Start("/bin/ls", "ls", "/proc/self/fd");
        // Its own 0, 1 and 2, and the 3 by which ls reads the directory.
        Assert.Equal("0\n1\n2\n3\n", (await _children.RunAsync(list)).Text);
    }

    [Fact]
    public async Task Signals_are_neither_blocked_nor_ignored()
    {
        Finished finished = await _children.RunAsync(Start("/bin/cat", "cat", "/proc/self/status"));
        string[] lines = finished.Text.Split('\n');
        Assert.Contains("SigBlk:\t0000000000000000", lines);
        Assert.Contains("SigIgn:\t0000000000000000", lines);
        Assert.Contains("SigCgt:\t0000000000000000", lines);
    }

    [Fact]
    public async Task The_child_leads_a_session_of_its_own()
    {
        using ChildProcess child = await _children.SpawnAsync(Children.Shell("read x") with { Stdin = ChildStream.Pipe });
        ProcessStat stat = ProcessStat.TryRead(child.Pid)!.Value;
        Assert.Equal((child.Pid, child.Pid), (stat.SessionId, stat.GroupId));
        Assert.Equal(Environment.ProcessId, stat.ParentPid);
        child.Stdin!.Dispose();
        await child.Exited.InTime();
    }

    [Fact]
    public async Task The_environment_is_exactly_the_one_given()
    {
        ChildStart start = Start("/usr/bin/env", "env") with { Environment = ["A=1", "B=a b", "C=", "D=ü=\n"] };
        Assert.Equal("A=1\nB=a b\nC=\nD=ü=\n\n", (await _children.RunAsync(start)).Text);
        Assert.Equal("", (await _children.RunAsync(start with { Environment = [] })).Text);
    }

    [Fact]
    public async Task The_arguments_are_exactly_the_ones_given()
    {
        ChildStart start = Start(
            "/bin/sh", "other name", "-c", "tr '\\0' '\\n' < /proc/$$/cmdline", "", "a b", "$HOME", "ü🐧");
        Assert.Equal(
            "other name\n-c\ntr '\\0' '\\n' < /proc/$$/cmdline\n\na b\n$HOME\nü🐧\n",
            (await _children.RunAsync(start)).Text);
    }

    [Fact]
    public async Task The_working_directory_is_the_one_given()
    {
        using TemporaryDirectory directory = new();
        Finished finished = await _children.RunAsync(Start("/bin/pwd", "pwd") with { WorkingDirectory = directory.Path });
        Assert.Equal(directory.Path + "\n", finished.Text);
        Assert.Equal("/\n", (await _children.RunAsync(Start("/bin/pwd", "pwd"))).Text);
    }

    private static ChildStart Start(string file, params string[] arguments) =>
        new() { FileName = file, Arguments = arguments, Environment = [] };
}
