using System.Text.Json.Nodes;
using CliWrap;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.JsonRpcClients;

/// <summary>Clients of JSON-RPC that know nothing of this agent: npm's libraries, and Python without one.</summary>
public sealed class ClientScriptTests
{
    [Theory]
    [InlineData("vscode-jsonrpc.cjs", false)]
    [InlineData("vscode-jsonrpc.cjs", true)]
    [InlineData("json-rpc-2.0.cjs", false)]
    [InlineData("json-rpc-2.0.cjs", true)]
    [InlineData("plain.py", false)]
    [InlineData("plain.py", true)]
    public async Task It_talks_to_the_agent_whether_that_announces_itself_or_not(string script, bool announce)
    {
        JsonObject found = await RunAsync(script, announce);
        ExpectTheUsual(found);
        Assert.Equal(announce, found.Flag("announced"));
        if (found.ContainsKey("output"))
        {
            Assert.Equal("streamed\n", found.Text("output"));
        }
    }

    [Fact]
    public async Task One_that_takes_the_first_line_for_its_answer_needs_a_listener_that_announces_nothing()
    {
        JsonObject found = await RunAsync("jayson.cjs", announce: false);
        ExpectTheUsual(found);
        Assert.Equal(2, found.Number("batch"));

        JsonObject misled = await RunAsync("jayson.cjs", announce: true, expectFailure: true);
        Assert.False(misled.ContainsKey("pong"));
    }

    [Fact]
    public async Task A_word_for_a_cancel_that_the_agent_does_not_know_does_nothing()
    {
        JsonObject found = await RunAsync("vscode-jsonrpc.cjs", announce: false);
        Assert.Equal("late\n", found.Text("cancelled"));
    }

    [Fact]
    public async Task Parameters_by_position_are_refused() =>
        Assert.Equal(-32602, (await RunAsync("plain.py", announce: false)).Number("position"));

    private static void ExpectTheUsual(JsonObject found)
    {
        Assert.True(found.Flag("pong"));
        Assert.Equal("grüße\n", found.Text("stdout"));
        Assert.Equal((-32601, "params.nonsense"), (found.Number("unknown"), found.Text("field")));
    }

    /// <summary>What a script has found; nothing when it gave up.</summary>
    private static async Task<JsonObject> RunAsync(string script, bool announce, bool expectFailure = false)
    {
        var config = new AgentConfig
        {
            Policy = new JsonObject { ["commands"] = "any" },
            Listener = new JsonObject { ["announce"] = announce },
        };
        await using RunningAgent agent = await RunningAgent.StartAsync(config);
        ProgramRun run = await ProgramRun.RunAsync(
            Cli.Wrap(script.EndsWith(".py", StringComparison.Ordinal) ? "python3" : "node")
                .WithArguments([SourceFile.Find("tests/Integration/JsonRpcClients", script), agent.SocketPath])
                .WithEnvironmentVariables(variables => variables
                    .Set("NODE_PATH", SourceFile.Find("artifacts/javascript", "node_modules"))
                    .Set("PYTHONUTF8", "1")),
            TestTimeouts.Answer);
        Assert.True(expectFailure || run.ExitCode == 0, run.Error + run.Output);
        return run.ExitCode == 0 ? JsonNode.Parse(run.Output)!.AsObject() : [];
    }
}
