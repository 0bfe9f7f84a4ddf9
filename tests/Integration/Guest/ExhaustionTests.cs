using System.Globalization;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Guest;

/// <summary>An agent that has run out of descriptors says so, whatever it is asked for, and neither fails nor lies.</summary>
public sealed class ExhaustionTests : IDisposable
{
    private const int Busy = -32004;
    private const string Upload = "00000000000000000000000000000000";

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Every_operation_that_needs_a_descriptor_names_what_is_missing_and_works_again_afterwards()
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient client = await agent.ConnectAsync();
        // Connected is not accepted yet, which takes a descriptor.
        (await client.ExchangeAsync(Requests.Ping("accepted"))).Result();
        await File.WriteAllTextAsync(_directory["files/file"], "content", TestContext.Current.CancellationToken);
        (string Method, JsonObject? Parameters)[] calls =
        [
            ("get_system_info", null),
            ("get_network_info", null),
            ("get_disk_usage", null),
            ("process_list", null),
            ("process_list", new JsonObject { ["user"] = "root" }),
            ("events_subscribe", null),
            ("exec_command", new JsonObject { ["command"] = "/bin/true" }),
            ("exec_command", new JsonObject { ["command"] = "/bin/true", ["user"] = "nobody" }),
            ("run_workload", new JsonObject { ["runtime"] = "sh", ["code"] = "true" }),
            ("file_read", Path()),
            ("file_hash", Path()),
            ("file_stat", Path()),
            ("file_list", new JsonObject { ["path"] = _directory["files"] }),
            ("file_write", Path("content", "new")),
            ("file_write", Path("content", "new", "owner", "daemon")),
            ("file_upload_open", Path()),
            ("file_mkdir", new JsonObject { ["path"] = _directory["files/made"] }),
            ("file_chmod", Path("permissions", "0600")),
            ("file_chown", Path("owner", "root")),
            ("file_move", new JsonObject { ["from"] = _directory["files/made"], ["to"] = _directory["files/moved"] }),
            ("file_delete", new JsonObject { ["path"] = _directory["files/moved"] }),
        ];

        long limit = ResourceLimits.SetDescriptors(agent.Facts.Pid, 3);
        foreach ((string method, JsonObject? parameters) in calls)
        {
            JsonObject reply = await client.ExchangeAsync(Requests.Call(1, method, parameters));
            JsonObject error = reply.Error();
            Assert.True(
                error.Number("code") == Busy && error["data"]!["errno"]?.GetValue<string>() == "EMFILE",
                $"{method}: {error.ToJsonString()}");
        }

        Assert.Equal("content", await File.ReadAllTextAsync(_directory["files/file"], TestContext.Current.CancellationToken));
        ResourceLimits.SetDescriptors(agent.Facts.Pid, limit);
        foreach ((string method, JsonObject? parameters) in calls)
        {
            (await client.ExchangeAsync(Requests.Call(2, method, parameters))).Result();
        }
    }

    [Fact]
    public async Task A_time_limit_still_ends_a_command_and_telemetry_goes_on_when_there_are_descriptors_again()
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient client = await agent.ConnectAsync();
        // Connected is not accepted yet, which takes a descriptor.
        (await client.ExchangeAsync(Requests.Ping("accepted"))).Result();
        string mark = _directory["files/pid"];
        await client.SendAsync(Requests.Shell(
            "command", $"echo $$ >{mark}.new; mv {mark}.new {mark}; exec sleep 600", new JsonObject { ["timeout_seconds"] = 6 }));
        await Bounded.UntilAsync(() => File.Exists(mark), () => "the command's start");

        // Behind a large message the agent gives memory back, after a while and whatever else is short.
        await File.WriteAllBytesAsync(_directory["files/large"], new byte[1 << 20], TestContext.Current.CancellationToken);
        (await client.ExchangeAsync(Requests.Call(
            "large", "file_read", new JsonObject { ["path"] = _directory["files/large"], ["encoding"] = "base64" }))).Result();
        using RawClient watcher = await agent.ConnectAsync();
        await watcher.ExchangeAsync(Requests.Call(1, "telemetry_subscribe", new JsonObject { ["interval_seconds"] = 1 }));
        Assert.Equal("telemetry", (await watcher.ReadAsync()).Text("method"));

        long limit = ResourceLimits.SetDescriptors(agent.Facts.Pid, 3);
        Assert.Equal(-32003, (await client.ReadAsync()).ErrorCode());
        Assert.False(new ProcessFacts(int.Parse(
            await File.ReadAllTextAsync(mark, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture)).IsAlive);

        // Reports that could not be made are left out; one may be from before.
        ResourceLimits.SetDescriptors(agent.Facts.Pid, limit);
        Assert.Equal("telemetry", (await watcher.ReadAsync()).Text("method"));
        Assert.Equal("telemetry", (await watcher.ReadAsync()).Text("method"));
    }

    [Fact]
    public async Task What_needs_no_descriptor_is_done_and_nothing_is_an_internal_error()
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient client = await agent.ConnectAsync();
        // Connected is not accepted yet, which takes a descriptor.
        (await client.ExchangeAsync(Requests.Ping("accepted"))).Result();
        long limit = ResourceLimits.SetDescriptors(agent.Facts.Pid, 3);
        foreach (string method in (string[])["ping", "get_agent_info", "telemetry_subscribe", "telemetry_unsubscribe", "shutdown_cancel"])
        {
            (await client.ExchangeAsync(Requests.Call(1, method))).Result();
        }

        (string Method, JsonObject Parameters)[] others =
        [
            ("time_get", []),
            ("time_set", []),
            ("process_signal", new JsonObject { ["pid"] = Environment.ProcessId, ["signal"] = 18 }),
            ("shutdown", new JsonObject { ["timeout_seconds"] = 86400 }),
            ("file_upload_status", new JsonObject { ["token"] = Upload }),
        ];
        foreach ((string method, JsonObject parameters) in others)
        {
            JsonObject reply = await client.ExchangeAsync(Requests.Call(2, method, parameters));
            Assert.NotEqual(-32603, reply["error"]?["code"]?.GetValue<int>());
        }

        ResourceLimits.SetDescriptors(agent.Facts.Pid, limit);
        (await client.ExchangeAsync(Requests.Call(3, "shutdown_cancel"))).Result();
    }

    public void Dispose() => _directory.Dispose();

    private JsonObject Path(params string[] more)
    {
        JsonObject parameters = new() { ["path"] = _directory["files/file"] };
        for (int i = 0; i < more.Length; i += 2)
        {
            parameters[more[i]] = more[i + 1];
        }

        return parameters;
    }

    private async Task<RunningAgent> StartAsync()
    {
        string files = Directory.CreateDirectory(_directory["files"]).FullName;
        JsonObject policy = AgentConfig.WithFiles(files).Policy.DeepClone().AsObject();
        policy["commands"] = "any";
        policy["list_processes"] = true;
        policy["signal_processes"] = true;
        policy["set_time"] = true;
        policy["power"] = true;
        policy["runtimes"] = new JsonObject
        {
            ["sh"] = new JsonObject { ["command"] = "/bin/sh", ["args"] = new JsonArray("{file}"), ["file"] = "main.sh" },
        };
        return await RunningAgent.StartAsync(new AgentConfig { Policy = policy }, _directory);
    }
}
