using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Settings;

/// <summary>A configuration that somebody else could have written is refused, and so is one that is no file.</summary>
public sealed class ConfigFileOwnerTests
{
    private const int ConfigUnusable = 78;
    private const string Text = """{"listeners":[{"transport":"unix","path":"/run/a.sock","dialect":"jsonrpc"}]}""";

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task A_file_that_others_can_write_is_refused(UnixFileMode mode)
    {
        using var file = new ConfigFile(Text);
        File.SetUnixFileMode(file.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | mode);
        Expect(await file.CheckAsync(), file.Path, "must not be writable by group or others");
    }

    [Fact]
    public async Task A_file_of_another_user_is_refused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give a file away");
        using var file = new ConfigFile(Text);
        await ProgramRun.StartAsync("chown", "nobody", file.Path);
        Expect(await file.CheckAsync(), file.Path, "must belong to root");
    }

    [Fact]
    public async Task A_missing_file_is_a_line()
    {
        using var file = new ConfigFile(Text);
        File.Delete(file.Path);
        Expect(await file.CheckAsync(), file.Path, "no such file");
    }

    [Fact]
    public async Task A_directory_is_a_line()
    {
        using var file = new ConfigFile(Text);
        File.Delete(file.Path);
        Directory.CreateDirectory(file.Path);
        Expect(await file.CheckAsync(), file.Path, "must be a regular file");
    }

    [Fact]
    public async Task A_pipe_is_a_line()
    {
        using var file = new ConfigFile(Text);
        ProgramRun run = await ProgramRun.StartAsync("/bin/sh", "-c", $"cat {file.Path} | {AgentBinary.Path} --check --config /dev/stdin");
        Expect(run, "/dev/stdin", "must be a regular file");
    }

    [Fact]
    public async Task A_named_pipe_that_nobody_writes_does_not_block()
    {
        using var file = new ConfigFile(Text);
        File.Delete(file.Path);
        await ProgramRun.StartAsync("mkfifo", "-m", "600", file.Path);
        Expect(await file.CheckAsync(), file.Path, "must be a regular file");
    }

    private static void Expect(ProgramRun run, string path, string fault)
    {
        Assert.Equal(ConfigUnusable, run.ExitCode);
        Assert.Single(run.ErrorLines);
        Assert.StartsWith($"guest-agent: {path}: $: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(fault, run.Error, StringComparison.Ordinal);
    }
}
