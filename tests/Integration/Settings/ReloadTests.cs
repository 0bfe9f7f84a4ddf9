using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Settings;

/// <summary>Another configuration comes into force under running connections, or is refused and changes nothing.</summary>
public sealed class ReloadTests
{
    private const string InForce = "config.json: in force";
    private const string Stays = "the former configuration stays in force";

    [Theory]
    [InlineData(Change.Rename)]
    [InlineData(Change.WriteInPlace)]
    [InlineData(Change.Signal)]
    public async Task What_was_refused_is_allowed_on_the_same_connection(Change change)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        using RawClient client = await agent.ConnectAsync();
        Assert.Equal(-32001, (await client.ExchangeAsync(Requests.Exec(1, "/bin/true"))).ErrorCode());

        await ChangeAsync(agent, AgentConfig.AnyCommand.ToJson(agent.SocketPath), change);
        await agent.Log.WaitForAsync(InForce);

        Assert.Equal(0, (await client.ExchangeAsync(Requests.Exec(2, "/bin/true"))).Result().Number("exit_code"));
    }

    [Fact]
    public async Task Every_fault_is_logged_with_its_path_and_the_former_rules_stay()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();

        await ChangeAsync(agent, """{"listeners":[],"policy":{"comands":"any"}}""", Change.Rename);

        await agent.Log.WaitForAsync(Stays);
        await agent.Log.WaitForAsync("config.json: $.listeners: is empty");
        await agent.Log.WaitForAsync("config.json: $.policy.comands: is unknown");
        Assert.Equal(0, (await client.ExchangeAsync(Requests.Exec(1, "/bin/true"))).Result().Number("exit_code"));

        await ChangeAsync(agent, AgentConfig.Default.ToJson(agent.SocketPath), Change.Rename);
        await agent.Log.WaitForAsync(InForce);
        Assert.Equal(-32001, (await client.ExchangeAsync(Requests.Exec(2, "/bin/true"))).ErrorCode());
    }

    [Fact]
    public async Task A_host_is_told_that_the_last_change_is_not_in_force_and_why()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        Assert.Null((await client.CallAsync(1, "get_agent_info")).Result()["refused_configuration"]);

        await ChangeAsync(agent, """{"listeners":[],"policy":{"comands":"any"}}""", Change.Rename);
        await agent.Log.WaitForAsync(Stays);
        JsonArray faults = (await client.CallAsync(2, "get_agent_info")).Result()["refused_configuration"]!.AsArray();
        Assert.Equal(["$.policy.comands", "$.listeners"], faults.Select(fault => fault!.AsObject().Text("path")));
        Assert.StartsWith("is unknown", faults[0]!.AsObject().Text("reason"), StringComparison.Ordinal);

        await ChangeAsync(agent, AgentConfig.AnyCommand.ToJson(agent.SocketPath), Change.Rename);
        await agent.Log.WaitForAsync(InForce);
        Assert.Null((await client.CallAsync(3, "get_agent_info")).Result()["refused_configuration"]);
    }

    [Fact]
    public async Task A_file_that_others_may_write_is_refused_until_they_may_not()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        using RawClient client = await agent.ConnectAsync();
        string file = agent.Directory["config.json"];
        File.SetUnixFileMode(file, (UnixFileMode)0b110_110_110);
        await agent.Log.WaitForAsync("must not be writable by group or others");
        await File.WriteAllTextAsync(
            file, AgentConfig.AnyCommand.ToJson(agent.SocketPath), TestContext.Current.CancellationToken);

        File.SetUnixFileMode(file, (UnixFileMode)0b110_000_000);

        await agent.Log.WaitForAsync(InForce);
        Assert.Equal(0, (await client.ExchangeAsync(Requests.Exec(1, "/bin/true"))).Result().Number("exit_code"));
    }

    [Fact]
    public async Task A_listener_that_is_added_opens_and_one_that_is_removed_ends_with_its_connections()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        string other = agent.Directory["other.sock"];
        using RawClient client = await agent.ConnectAsync();

        await ChangeAsync(agent, WithListeners(Listener(agent.SocketPath), Listener(other)), Change.Signal);
        await agent.Log.WaitForAsync($"unix:{other}: opened");
        using RawClient guest = await RawClient.ConnectAsync(other);
        await guest.ExchangeAsync(Requests.Ping(1));

        await ChangeAsync(agent, WithListeners(Listener(agent.SocketPath)), Change.Signal);
        await agent.Log.WaitForAsync($"unix:{other}: closed");
        Assert.Null(await guest.ReadLineAsync());
        Assert.False(File.Exists(other));
        Assert.True((await client.ExchangeAsync(Requests.Ping(2))).Result().Flag("pong"));
        using RawClient late = await agent.ConnectAsync();
        await late.ExchangeAsync(Requests.Ping(3));
    }

    [Fact]
    public async Task A_listener_that_cannot_be_opened_makes_the_whole_configuration_void()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        string free = agent.Directory["free.sock"];
        string taken = agent.Directory["taken.sock"];
        await File.WriteAllTextAsync(taken, "", TestContext.Current.CancellationToken);
        using RawClient client = await agent.ConnectAsync();

        JsonObject wanted = WithListeners(Listener(free), Listener(taken));
        wanted["policy"] = new JsonObject { ["commands"] = "any" };
        await ChangeAsync(agent, wanted, Change.Rename);

        await agent.Log.WaitForAsync($"{taken} exists and is not a socket");
        await agent.Log.WaitForAsync(Stays);
        Assert.False(File.Exists(free));
        Assert.Equal(-32001, (await client.ExchangeAsync(Requests.Exec(1, "/bin/true"))).ErrorCode());
    }

    [Fact]
    public async Task A_listener_whose_socket_is_to_be_another_is_opened_again()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        using RawClient client = await agent.ConnectAsync();
        JsonObject listener = Listener(agent.SocketPath);
        listener["mode"] = "0660";

        await ChangeAsync(agent, WithListeners(listener), Change.Signal);

        await agent.Log.WaitForAsync($"unix:{agent.SocketPath}: opened");
        Assert.Null(await client.ReadLineAsync());
        Assert.Equal((UnixFileMode)0b110_110_000, File.GetUnixFileMode(agent.SocketPath));
        using RawClient next = await agent.ConnectAsync();
        await next.ExchangeAsync(Requests.Ping(1));
    }

    [Fact]
    public async Task Operations_of_a_listener_and_limits_change_under_its_connections()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        JsonObject listener = Listener(agent.SocketPath);
        listener["operations"] = new JsonArray("get_agent_info");
        JsonObject wanted = WithListeners(listener);
        wanted["limits"] = new JsonObject { ["max_message_bytes"] = 4096, ["max_output_bytes"] = 100 };

        await ChangeAsync(agent, wanted, Change.Signal);
        await agent.Log.WaitForAsync(InForce);

        JsonObject info = (await client.ExchangeAsync(Requests.Call(1, "get_agent_info"))).Result();
        Assert.Equal(4096, info["limits"]!.AsObject().Number("max_message_bytes"));
        Assert.DoesNotContain("ping", info["capabilities"]!.AsArray().Select(name => name!.GetValue<string>()));
        Assert.Equal("listeners.operations", (await client.ExchangeAsync(Requests.Ping(2))).ErrorRule());
        Assert.Equal(
            "limits.max_message_bytes", (await client.ExchangeAsync(Requests.Ping(new string('x', 5000)))).ErrorRule());
    }

    [Fact]
    public async Task Files_beside_it_and_changes_without_meaning_are_no_news()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        await File.WriteAllTextAsync(agent.Directory["config.json~"], "{", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(agent.Directory["4913"], "{", TestContext.Current.CancellationToken);
        string json = AgentConfig.Default.ToJson(agent.SocketPath);
        await ChangeAsync(agent, "// the same\n" + json, Change.Rename);

        await ChangeAsync(agent, AgentConfig.AnyCommand.ToJson(agent.SocketPath), Change.Rename);

        await agent.Log.WaitForAsync(InForce);
        Assert.Single(agent.Log.Lines, line => !line.Contains("warning: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_service_manager_hears_of_it()
    {
        using var directory = new TemporaryDirectory();
        using var manager = new ServiceManager(directory["notify"]);
        await using RunningAgent agent = await RunningAgent.StartAsync(
            AgentConfig.Default, directory, new Dictionary<string, string> { ["NOTIFY_SOCKET"] = manager.Address });
        await manager.ReceiveAsync("READY");

        agent.Signal(Signals.HangUp);
        IReadOnlyDictionary<string, string> reloading = await manager.ReceiveAsync();
        Assert.Equal("1", reloading["RELOADING"]);
        Assert.True(long.Parse(reloading["MONOTONIC_USEC"], System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.Equal("1", (await manager.ReceiveAsync())["READY"]);

        await ChangeAsync(agent, "{}", Change.Rename);
        Assert.Equal("1", (await manager.ReceiveAsync())["RELOADING"]);
        IReadOnlyDictionary<string, string> refused = await manager.ReceiveAsync();
        Assert.Equal("1", refused["READY"]);
        Assert.Equal(
            $"Listening on unix:{agent.SocketPath}; the changed configuration is not in force: $.listeners: is missing",
            refused["STATUS"]);
    }

    private static JsonObject Listener(string path) =>
        new() { ["transport"] = "unix", ["path"] = path, ["dialect"] = "jsonrpc", ["announce"] = false };

    private static JsonObject WithListeners(params JsonObject[] listeners) =>
        new() { ["listeners"] = new JsonArray([.. listeners]) };

    private static Task ChangeAsync(RunningAgent agent, JsonObject config, Change change) =>
        ChangeAsync(agent, config.ToJsonString(), change);

    private static async Task ChangeAsync(RunningAgent agent, string config, Change change)
    {
        string file = agent.Directory["config.json"];
        string target = change == Change.WriteInPlace ? file : agent.Directory["config.json.new"];
        await File.WriteAllTextAsync(target, config, TestContext.Current.CancellationToken);
        if (change != Change.WriteInPlace)
        {
            File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Move(target, file, overwrite: true);
        }

        if (change == Change.Signal)
        {
            agent.Signal(Signals.HangUp);
        }
    }

    public enum Change
    {
        Rename,
        WriteInPlace,
        Signal,
    }
}
