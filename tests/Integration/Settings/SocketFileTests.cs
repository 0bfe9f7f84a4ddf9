using System.Net.Sockets;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Settings;

/// <summary>The socket in the file system: private from the start, over a stale one, never over anything else.</summary>
public sealed class SocketFileTests
{
    private const int Failed = 70;

    [Fact]
    public async Task A_socket_is_its_owners_alone_by_default()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(agent.SocketPath));
    }

    [Fact]
    public async Task A_socket_has_the_mode_that_the_configuration_says()
    {
        var config = new AgentConfig { Listener = new JsonObject { ["mode"] = "0622" } };
        await using RunningAgent agent = await RunningAgent.StartAsync(config);
        Assert.Equal((UnixFileMode)0b110_010_010, File.GetUnixFileMode(agent.SocketPath));
    }

    [Fact]
    public async Task A_stale_socket_is_replaced()
    {
        using var directory = new TemporaryDirectory();
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(directory["other.sock"]));

            // The socket deletes its file by name when it is closed; under this name it stays.
            File.Move(directory["other.sock"], directory["agent.sock"]);
        }

        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default, directory);
        using RawClient client = await agent.ConnectAsync();
        Assert.True((await client.ExchangeAsync(Requests.Ping(1))).Result().Flag("pong"));
    }

    [Fact]
    public async Task A_living_socket_is_left_alone()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        ProgramRun second = await ProgramRun.AgentAsync("--config", agent.Directory["config.json"]);
        ExpectLine(second, $"{agent.SocketPath} is served by another process");
        using RawClient client = await agent.ConnectAsync();
        Assert.True((await client.ExchangeAsync(Requests.Ping(1))).Result().Flag("pong"));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("empty file")]
    [InlineData("directory")]
    [InlineData("named pipe")]
    [InlineData("dangling link")]
    public async Task What_is_no_socket_is_neither_replaced_nor_deleted(string kind)
    {
        using var file = new ConfigFile("");
        string path = file.Directory["it"];
        await MakeAsync(kind, path);
        await File.WriteAllTextAsync(file.Path, Listener(path), TestContext.Current.CancellationToken);
        ProgramRun run = await file.ServeAsync();
        ExpectLine(run, $"{path} exists and is not a socket");
        Assert.NotNull(new FileInfo(path) is { Exists: true } or { LinkTarget: not null } ? path : Directory.Exists(path) ? path : null);
    }

    [Theory]
    [InlineData("/proc/nowhere/a.sock", "/proc/nowhere")]
    [InlineData("/etc/passwd/a.sock", "/etc/passwd")]
    public async Task A_socket_that_cannot_be_made_is_a_readable_line(string path, string named)
    {
        using var file = new ConfigFile(Listener(path));
        ProgramRun run = await file.ServeAsync();
        ExpectLine(run, named);
        Assert.DoesNotContain("IO_", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_socket_is_gone_after_the_agent()
    {
        using var directory = new TemporaryDirectory();
        await using (RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default, directory))
        {
            Assert.Equal(0, await agent.StopAsync());
        }

        Assert.False(File.Exists(directory["agent.sock"]));
    }

    private static string Listener(string path) =>
        $$"""{"listeners":[{"transport":"unix","path":"{{path}}","dialect":"jsonrpc"}]}""";

    private static Task MakeAsync(string kind, string path)
    {
        switch (kind)
        {
            case "file":
                return File.WriteAllTextAsync(path, "precious");
            case "empty file":
                return File.WriteAllTextAsync(path, "");
            case "directory":
                Directory.CreateDirectory(path);
                return Task.CompletedTask;
            case "named pipe":
                return ProgramRun.StartAsync("mkfifo", path);
            default:
                File.CreateSymbolicLink(path, "/no/such/place");
                return Task.CompletedTask;
        }
    }

    private static void ExpectLine(ProgramRun run, string text)
    {
        Assert.Equal(Failed, run.ExitCode);
        Assert.Single(run.ErrorLines);
        Assert.StartsWith("guest-agent: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(text, run.Error, StringComparison.Ordinal);
    }
}
