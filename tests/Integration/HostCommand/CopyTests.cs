using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.HostCommand;

/// <summary><c>guestctl cp</c> in both directions.</summary>
public sealed class CopyTests : IDisposable
{
    private const int Usage = 64;
    private const int NoInput = 66;
    private const int OutputError = 74;
    private const int Refused = 77;

    private readonly TemporaryDirectory _host = new();
    private readonly TemporaryDirectory _guest = new();

    private AgentConfig Config => new()
    {
        Policy = new JsonObject { ["read_paths"] = new JsonArray(_guest.Path), ["write_paths"] = new JsonArray(_guest.Path) },
    };

    [Fact]
    public async Task A_file_goes_to_the_guest_and_back_byte_by_byte()
    {
        byte[] bytes = new byte[3_000_001];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(_host["file"], bytes, TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        await QuietlyAsync(agent, "cp", _host["file"], $":{_guest["copy"]}");
        await QuietlyAsync(agent, "cp", $":{_guest["copy"]}", _host["back"]);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_guest["copy"], TestContext.Current.CancellationToken));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(_host["back"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_tree_goes_to_the_guest_and_back_with_its_permissions()
    {
        Directory.CreateDirectory(_host["tree/sub/empty"]);
        await File.WriteAllTextAsync(_host["tree/sub/größe"], "x", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_host["tree/.hidden"], "", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(_host["tree/sub/größe"], (UnixFileMode)0b110_100_000);
        File.SetUnixFileMode(_host["tree/sub"], (UnixFileMode)0b111_101_000);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        await QuietlyAsync(agent, "cp", "-rp", _host["tree"], $":{_guest["new"]}");
        await QuietlyAsync(agent, "cp", "-a", $":{_guest["new"]}", _host.Path);
        foreach (string copy in (string[])[_guest["new"], _host["new"]])
        {
            Assert.Equal("x", await File.ReadAllTextAsync($"{copy}/sub/größe", TestContext.Current.CancellationToken));
            Assert.Equal((UnixFileMode)0b110_100_000, File.GetUnixFileMode($"{copy}/sub/größe"));
            Assert.Equal((UnixFileMode)0b111_101_000, File.GetUnixFileMode($"{copy}/sub"));
            Assert.True(Directory.Exists($"{copy}/sub/empty"));
            Assert.True(File.Exists($"{copy}/.hidden"));
        }
    }

    [Fact]
    public async Task A_directory_takes_the_copy_under_its_own_name()
    {
        await File.WriteAllTextAsync(_host["a"], "a", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(_guest["sub"]);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        await QuietlyAsync(agent, "cp", _host["a"], $":{_guest["sub"]}");
        await QuietlyAsync(agent, "cp", _host["a"], $":{_guest.Path}/");
        Assert.True(File.Exists(_guest["sub/a"]));
        Assert.True(File.Exists(_guest["a"]));
    }

    [Fact]
    public async Task A_program_stays_one_and_a_replaced_file_keeps_its_permissions()
    {
        _host.AddScript("run", "#!/bin/sh\n");
        await File.WriteAllTextAsync(_guest["old"], "", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(_guest["old"], UnixFileMode.UserRead);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        await QuietlyAsync(agent, "cp", _host["run"], $":{_guest["run"]}");
        await QuietlyAsync(agent, "cp", _host["run"], $":{_guest["old"]}");
        Assert.True(File.GetUnixFileMode(_guest["run"]).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(_guest["old"]));
    }

    [Fact]
    public async Task Standard_input_and_output_may_be_the_other_end()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun up = await Guestctl.RunWithInputAsync(
            "from a pipe"u8.ToArray(), agent.SocketPath, "cp", "-", $":{_guest["f"]}");
        Assert.Equal((0, "", ""), (up.ExitCode, up.Output, up.Error));
        ProgramRun down = await Guestctl.RunAsync(agent.SocketPath, "cp", $":{_guest["f"]}", "-");
        Assert.Equal((0, "from a pipe", ""), (down.ExitCode, down.Output, down.Error));
    }

    [Fact]
    public async Task What_a_tree_has_besides_files_is_told()
    {
        Directory.CreateDirectory(_guest["tree"]);
        File.CreateSymbolicLink(_guest["tree/link"], "/etc/passwd");
        await File.WriteAllTextAsync(_guest["tree/file"], "x", TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun run = await Guestctl.RunAsync(
            agent.SocketPath, "--json", "cp", "-r", $":{_guest["tree"]}", _host["copy"]);
        JsonObject report = JsonNode.Parse(run.Output)!.AsObject();
        Assert.Equal((0, 1, 1, 0), (run.ExitCode, report.Number("files"), report.Number("links"), report.Number("skipped")));
        Assert.Equal("/etc/passwd", new FileInfo(_host["copy/link"]).LinkTarget);
    }

    [Fact]
    public async Task What_the_policy_refuses_leaves_nothing_behind()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ProgramRun down = await Guestctl.RunAsync(agent.SocketPath, "cp", ":/etc/hostname", _host["x"]);
        Assert.Equal((Refused, ""), (down.ExitCode, down.Output));
        Assert.Contains("[policy.read_paths]", Assert.Single(down.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("/etc/hostname", down.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_host.Path));
    }

    [Fact]
    public async Task Wrong_ends_are_told_in_one_line()
    {
        Directory.CreateDirectory(_guest["tree"]);
        await File.WriteAllTextAsync(_guest["f"], "x", TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        await FailsAsync(agent, Usage, "cp", "/a", "/b");
        await FailsAsync(agent, Usage, "cp", ":/a", ":/b");
        await FailsAsync(agent, Usage, "cp", ":a", "/b");
        await FailsAsync(agent, Usage, "cp", $":{_guest["tree"]}", _host["x"]);
        await FailsAsync(agent, NoInput, "cp", _host["none"], $":{_guest["x"]}");
        await FailsAsync(agent, NoInput, "cp", $":{_guest["none"]}", _host["x"]);
        await FailsAsync(agent, OutputError, "cp", $":{_guest["f"]}", _host["no/such/x"]);
    }

    [Fact]
    public async Task A_guest_without_room_is_not_taken_for_wrong_usage()
    {
        const int Room = 64 * 1024;
        await File.WriteAllBytesAsync(_host["file"], new byte[Room + 1], TestContext.Current.CancellationToken);
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        ResourceLimits.SetFileSize(agent.Facts.Pid, Room);
        await FailsAsync(agent, OutputError, "cp", _host["file"], $":{_guest["x"]}");
    }

    [Fact]
    public async Task Files_of_proc_are_copied_to_their_end()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Config);
        await QuietlyAsync(agent, "cp", "/proc/version", $":{_guest["x"]}");
        Assert.Equal(
            await File.ReadAllTextAsync("/proc/version", TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(_guest["x"], TestContext.Current.CancellationToken));
    }

    public void Dispose()
    {
        _host.Dispose();
        _guest.Dispose();
    }

    private static async Task QuietlyAsync(RunningAgent agent, params string[] arguments)
    {
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, arguments);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
    }

    private static async Task FailsAsync(RunningAgent agent, int code, params string[] arguments)
    {
        ProgramRun run = await Guestctl.RunAsync(agent.SocketPath, arguments);
        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("guestctl: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }
}
