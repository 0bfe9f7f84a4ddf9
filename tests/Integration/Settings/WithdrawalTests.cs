using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Settings;

/// <summary>What goes on and is not allowed any more ends when the narrower configuration comes into force.</summary>
public sealed class WithdrawalTests
{
    private const string Cat = """{"path":"/bin/cat"}""";
    private const string Sleep = """{"path":"/bin/sleep"}""";

    [Fact]
    public async Task A_command_ends_with_the_rule_and_what_there_is_of_its_result()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithRules(Cat, Sleep));
        using RawClient client = await agent.ConnectAsync();
        await StartCatAsync(client, 1);

        await Reconfiguration.ApplyAsync(agent, AgentConfig.WithRules(Sleep));

        JsonObject end = await client.ReadReplyAsync(1);
        Assert.Equal((-32001, "policy.commands"), (end.ErrorCode(), end.ErrorRule()));
        Assert.Equal("The policy does not allow /bin/cat. When this began, it was allowed.", end["error"]!.AsObject().Text("message"));
        Assert.Equal(3, end["error"]!["data"]!.AsObject().Number("stdout_bytes"));
        Assert.Equal(15, end["error"]!["data"]!.AsObject().Number("signal"));
        string withdrawn = await agent.Log.WaitForAsync("decision=withdrawn");
        Assert.Contains("op=exec_command", withdrawn, StringComparison.Ordinal);
        Assert.Contains("rule=policy.commands subject=\"", withdrawn, StringComparison.Ordinal);
        await agent.Log.WaitForAsync("decision=allowed outcome=permission_denied rule=policy.commands");
    }

    [Fact]
    public async Task What_is_still_allowed_goes_on_untouched_through_ten_reloads()
    {
        string files = Directory.CreateTempSubdirectory("guest-agent-test-").FullName;
        try
        {
            AgentConfig wide = With(files, Cat, Sleep);
            await using RunningAgent agent = await RunningAgent.StartAsync(wide);
            using RawClient client = await agent.ConnectAsync();
            await StartCatAsync(client, 1);
            string token = await OpenUploadAsync(client, 2, Path.Combine(files, "file"));

            for (int i = 0; i < 10; i++)
            {
                await Reconfiguration.ApplyAsync(agent, i % 2 == 0 ? With(files, Cat) : wide);
            }

            var input = new JsonObject { ["id"] = 1, ["data"] = "bG8=", ["eof"] = true };
            await client.SendAsync(Requests.Call(3, "exec_stdin", input));
            Assert.Equal(5, (await client.ReadReplyAsync(1)).Result().Number("stdout_bytes"));
            JsonObject piece = await client.CallAsync(4, "file_upload_write", new JsonObject
            {
                ["token"] = token,
                ["offset"] = 0,
                ["data"] = "aGVs",
            });
            Assert.Equal(3, piece.Result().Number("offset"));
            Assert.DoesNotContain(agent.Log.Lines, line => line.Contains("decision=withdrawn", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(files, recursive: true);
        }
    }

    [Fact]
    public async Task A_command_as_a_user_that_the_rule_does_not_give_it_any_more_ends()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithRules(Cat));
        using RawClient client = await agent.ConnectAsync();
        await StartCatAsync(client, 1);

        await Reconfiguration.ApplyAsync(agent, AgentConfig.WithRules("""{"path":"/bin/cat","user":"nobody"}"""));

        JsonObject end = await client.ReadReplyAsync(1);
        Assert.Equal((-32001, "policy.commands"), (end.ErrorCode(), end.ErrorRule()));
    }

    [Fact]
    public async Task Operations_that_a_listener_does_not_serve_any_more_end_what_they_began()
    {
        string files = Directory.CreateTempSubdirectory("guest-agent-test-").FullName;
        try
        {
            AgentConfig wide = With(files, Cat);
            await using RunningAgent agent = await RunningAgent.StartAsync(wide);
            using RawClient client = await agent.ConnectAsync();
            await StartCatAsync(client, 1);
            string token = await OpenUploadAsync(client, 2, Path.Combine(files, "file"));
            (await client.CallAsync(3, "telemetry_subscribe", new JsonObject { ["interval_seconds"] = 1 })).Result();

            await Reconfiguration.ApplyAsync(agent, With(files, Cat).Serving("file_upload_status", "ping"));

            JsonObject end = await client.ReadReplyAsync(1);
            Assert.Equal((-32001, "listeners.operations"), (end.ErrorCode(), end.ErrorRule()));
            await agent.Log.WaitForAsync("op=file_upload_open", "decision=withdrawn", "rule=listeners.operations");
            await agent.Log.WaitForAsync("op=telemetry_subscribe", "decision=withdrawn", "rule=listeners.operations");
            JsonObject status = await client.CallAsync(4, "file_upload_status", new JsonObject { ["token"] = token });
            Assert.Equal((-32001, "listeners.operations"), (status.ErrorCode(), status.ErrorRule()));
        }
        finally
        {
            Directory.Delete(files, recursive: true);
        }
    }

    [Fact]
    public async Task An_upload_whose_place_may_not_be_written_any_more_is_dropped_and_says_why()
    {
        string files = Directory.CreateTempSubdirectory("guest-agent-test-").FullName;
        try
        {
            // With a name from the beginning, so that it can be seen to be gone.
            await using RunningAgent agent = await RunningAgent.StartAsync(With(files, Cat), unnamedFiles: false);
            using RawClient client = await agent.ConnectAsync();
            string token = await OpenUploadAsync(client, 1, Path.Combine(files, "file"));
            Assert.Single(Directory.GetFileSystemEntries(files));

            await Reconfiguration.ApplyAsync(agent, AgentConfig.WithRules(Cat));

            await agent.Log.WaitForAsync("op=file_upload_open", "decision=withdrawn", "rule=policy.write_paths");
            Assert.Empty(Directory.GetFileSystemEntries(files));
            foreach (string operation in (string[])["file_upload_write", "file_upload_status", "file_upload_commit"])
            {
                var parameters = new JsonObject { ["token"] = token };
                if (operation == "file_upload_write")
                {
                    parameters["offset"] = 0;
                    parameters["data"] = "aGVs";
                }
                else if (operation == "file_upload_commit")
                {
                    parameters["size_bytes"] = 0;
                    parameters["sha256"] = new string('0', 64);
                }

                JsonObject refusal = await client.CallAsync(2, operation, parameters);
                Assert.Equal((-32001, "policy.write_paths"), (refusal.ErrorCode(), refusal.ErrorRule()));
            }
        }
        finally
        {
            Directory.Delete(files, recursive: true);
        }
    }

    [Fact]
    public async Task An_arranged_end_of_the_guest_is_taken_back()
    {
        await using RunningAgent agent =
            await RunningAgent.StartAsync(new AgentConfig { Policy = new JsonObject { ["power"] = true } });
        using RawClient client = await agent.ConnectAsync();
        (await client.CallAsync(1, "shutdown", new JsonObject { ["timeout_seconds"] = 86400 })).Result();

        await Reconfiguration.ApplyAsync(agent, AgentConfig.Default);

        await agent.Log.WaitForAsync("op=shutdown", "decision=withdrawn", "rule=policy.power");
        await agent.Log.WaitForAsync("power: The system stays up");
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"sh":{"command":"/bin/sh","file":"main.sh","args":["-e","{file}"]}}""")]
    [InlineData("""{"sh":{"command":"/bin/sh","file":"main.sh","user":"nobody"}}""")]
    public async Task A_program_of_the_host_that_would_not_be_run_or_not_like_this_ends(string narrowed)
    {
        const string Allowed = """{"sh":{"command":"/bin/sh","file":"main.sh"}}""";
        await using RunningAgent agent = await RunningAgent.StartAsync(WithRuntimes(Allowed));
        using RawClient client = await agent.ConnectAsync();
        var program = new JsonObject { ["runtime"] = "sh", ["code"] = "echo begun; sleep 1000", ["stream"] = true };
        await client.SendAsync(Requests.Call(1, "run_workload", program));
        Assert.Equal("exec_output", (string?)(await client.ReadAsync())["method"]);

        await Reconfiguration.ApplyAsync(agent, WithRuntimes(narrowed));

        JsonObject end = await client.ReadReplyAsync(1);
        Assert.Equal(-32001, end.ErrorCode());
        Assert.StartsWith("policy.runtimes", end.ErrorRule(), StringComparison.Ordinal);
        Assert.Equal("begun\n", end["error"]!["data"]!.AsObject().Text("output"));
    }

    private static AgentConfig WithRuntimes(string json) =>
        new() { Policy = new JsonObject { ["runtimes"] = JsonNode.Parse(json) } };

    private static AgentConfig With(string files, params string[] rules)
    {
        AgentConfig config = AgentConfig.WithRules(rules);
        config.Policy["write_paths"] = new JsonArray(files);
        return config;
    }

    // Its output shows that it runs.
    private static async Task StartCatAsync(RawClient client, int id)
    {
        var open = new JsonObject { ["stdin_open"] = true, ["stream"] = true };
        await client.SendAsync(Requests.Exec(id, "/bin/cat", more: open));
        await client.SendAsync(Requests.Call(1000 + id, "exec_stdin", new JsonObject { ["id"] = id, ["data"] = "aGVs" }));
        JsonObject[] started = [await client.ReadAsync(), await client.ReadAsync()];
        Assert.Single(started, line => (string?)line["method"] == "exec_output");
    }

    private static async Task<string> OpenUploadAsync(RawClient client, int id, string path) =>
        (await client.CallAsync(id, "file_upload_open", new JsonObject { ["path"] = path })).Result().Text("token");
}
