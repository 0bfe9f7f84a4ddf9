using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Publishing;

/// <summary>
/// The programs for arm64 (<c>make publish RID=linux-arm64</c>) on this machine, by QEMU's user emulation: its system calls
/// are translated, so that a constant or a structure of another architecture shows.
/// </summary>
public sealed class Arm64Tests : IDisposable
{
    private const string Emulator = "qemu-aarch64-static";

    private readonly TemporaryDirectory _directory = new();

    private static string Agent => SourceFile.Find("artifacts", "linux-arm64/bin/guest-agent");

    private static string Guestctl => SourceFile.Find("artifacts", "linux-arm64/bin/guestctl");

    [Fact]
    public async Task A_link_is_not_followed_and_a_directory_is_no_file()
    {
        // O_NOFOLLOW and O_DIRECTORY have other values there than on x64, each that of another flag here.
        await using RunningAgent agent = await StartAsync();
        using RawClient client = await agent.ConnectAsync();
        File.CreateSymbolicLink(_directory["link"], "/etc/passwd");
        Directory.CreateDirectory(_directory["sub"]);
        JsonObject outside = await client.ExchangeAsync(Call(1, "file_read", "link"));
        Assert.Equal("policy.read_paths", outside.ErrorRule());
        JsonObject link = (await client.ExchangeAsync(Requests.Call(
            2, "file_stat", new JsonObject { ["path"] = _directory["link"], ["follow"] = false }))).Result();
        Assert.Equal(("symlink", "/etc/passwd"), (link.Text("type"), link.Text("link_target")));
        Assert.Null((await client.ExchangeAsync(Call(3, "file_read", "sub")))["result"]);
        Assert.Null((await client.ExchangeAsync(Call(4, "file_write", "link", ("content", "x"))))["result"]);
        Assert.StartsWith("root:", await File.ReadAllTextAsync("/etc/passwd", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_have_their_input_output_and_end()
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient client = await agent.ConnectAsync();
        JsonObject run = (await client.ExchangeAsync(Requests.Shell(
            1, "cat; echo wrong >&2; exit 3", new JsonObject { ["stdin"] = "taken" }))).Result();
        Assert.Equal(("taken", "wrong\n", 3L), (run.Text("stdout"), run.Text("stderr"), run.Number("exit_code")));
        JsonObject ended = await client.ExchangeAsync(Requests.Exec(
            2, "/bin/sleep", ["600"], new JsonObject { ["timeout_seconds"] = 0.2 }));
        Assert.Equal(("timeout_seconds", 15L), (ended.ErrorRule(), ended.Error()["data"]!.AsObject().Number("signal")));
        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 0, () => "the end of the command");
    }

    [Fact]
    public async Task Files_are_what_was_sent_with_their_attributes_and_times()
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient client = await agent.ConnectAsync();
        await client.ExchangeAsync(Call(1, "file_write", "file", ("content", "content"), ("permissions", "0640")));
        JsonObject status = (await client.ExchangeAsync(Call(2, "file_stat", "file"))).Result();
        var here = new FileInfo(_directory["file"]);
        Assert.Equal(("file", 7L), (status.Text("type"), status.Number("size_bytes")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, here.UnixFileMode);
        Assert.Equal(
            "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73",
            (await client.ExchangeAsync(Call(3, "file_hash", "file"))).Result().Text("sha256"));
        JsonArray entries = (await client.ExchangeAsync(Call(4, "file_list", ""))).Result()["entries"]!.AsArray();
        Assert.Contains(entries, entry => entry!.AsObject().Text("name") == "file");
    }

    [Fact]
    public async Task The_guest_is_told_as_the_kernel_tells_it()
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient client = await agent.ConnectAsync();
        Assert.Equal("aarch64", (await client.ExchangeAsync(Requests.Call(1, "get_system_info"))).Result().Text("architecture"));
        Assert.NotEmpty((await client.ExchangeAsync(Requests.Call(2, "get_network_info"))).Result()["interfaces"]!.AsArray());
        JsonArray disks = (await client.ExchangeAsync(Requests.Call(3, "get_disk_usage"))).Result()["filesystems"]!.AsArray();
        Assert.All(disks, disk => Assert.True(disk!.AsObject().Number("total_bytes") > 0));
    }

    [Fact]
    public async Task Guestctl_copies_both_ways_and_passes_the_exit_code_on()
    {
        await using RunningAgent agent = await StartAsync();
        byte[] content = new byte[3_000_000];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(_directory["from"], content, TestContext.Current.CancellationToken);
        await RunAsync(0, agent, "cp", _directory["from"], $":{_directory["there"]}");
        await RunAsync(0, agent, "cp", $":{_directory["there"]}", _directory["back"]);
        Assert.Equal(content, await File.ReadAllBytesAsync(_directory["back"], TestContext.Current.CancellationToken));
        Assert.Equal("out\n", await RunAsync(5, agent, "exec", "--", "/bin/sh", "-c", "echo out; exit 5"));
    }

    public void Dispose() => _directory.Dispose();

    private static async Task<string> RunAsync(int exitCode, RunningAgent agent, params string[] arguments)
    {
        ProgramRun run = await ProgramRun.StartAsync(Emulator, [Guestctl, "-g", $"unix://{agent.SocketPath}", .. arguments]);
        Assert.True(run.ExitCode == exitCode, $"{run.ExitCode}: {run.Error}");
        return run.Output;
    }

    private string Call(int id, string method, string name, params (string Name, string Value)[] more)
    {
        var parameters = new JsonObject { ["path"] = _directory[name] };
        foreach ((string member, string value) in more)
        {
            parameters[member] = value;
        }

        return Requests.Call(id, method, parameters);
    }

    private Task<RunningAgent> StartAsync()
    {
        JsonObject policy = AgentConfig.WithFiles(_directory[""]).Policy.DeepClone().AsObject();
        policy["commands"] = "any";
        // In place of the program that is started else.
        return RunningAgent.StartAsync(
            new AgentConfig { Policy = policy },
            wrapper: ["/bin/sh", "-c", $"shift; exec {Emulator} {Agent} \"$@\"", "sh"]);
    }
}
