using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Commands;

/// <summary>Commands that are ended: by their time limit, by their host, or because their host has gone.</summary>
public sealed class EndingTests
{
    private const string IgnoresTerm = "trap '' TERM; echo $$; while :; do sleep 1; done";
    private const int KillSignal = 9;

    private static readonly JsonObject Streamed = new() { ["stream"] = true };
    private static readonly JsonObject BriefLimit = new() { ["timeout_seconds"] = 1 };

    [Fact]
    public async Task A_time_limit_keeps_what_was_written()
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient client = await agent.ConnectAsync();
        JsonObject reply = await client.ExchangeAsync(
            Requests.Shell(1, "echo out; echo err >&2; exec sleep 600", BriefLimit));
        JsonObject result = PartialResult(reply, -32003, "timeout_seconds");
        Assert.Equal(("out\n", "err\n"), (result.Text("stdout"), result.Text("stderr")));
        Assert.Equal((-1, Signals.Terminate), (result.Number("exit_code"), result.Number("signal")));
        Assert.True(result.Flag("timed_out"));
    }

    [Fact]
    public async Task A_command_that_ignores_the_request_to_end_is_killed()
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient client = await agent.ConnectAsync();
        JsonObject reply = await client.ExchangeAsync(Requests.Shell(1, IgnoresTerm, BriefLimit));
        JsonObject result = PartialResult(reply, -32003, "timeout_seconds");
        Assert.Equal(KillSignal, result.Number("signal"));
        Assert.False(new ProcessFacts(Pid(result.Text("stdout"))).IsAlive);
    }

    [Fact]
    public async Task A_command_that_ends_well_when_it_is_asked_to_has_timed_out_all_the_same()
    {
        await using RunningAgent agent = await StartAsync(graceSeconds: 10);
        using RawClient client = await agent.ConnectAsync();
        JsonObject reply = await client.ExchangeAsync(Requests.Shell(
            1, "trap 'echo last words; exit 3' TERM; while :; do sleep 0.05; done", BriefLimit));
        JsonObject result = PartialResult(reply, -32003, "timeout_seconds");
        Assert.Equal((3, "last words\n"), (result.Number("exit_code"), result.Text("stdout")));
    }

    [Fact]
    public async Task A_stopped_command_can_be_ended()
    {
        await using RunningAgent agent = await StartAsync(graceSeconds: 10);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, "echo $$; kill -STOP $$; sleep 600", Streamed));
        var command = new ProcessFacts(await CommandPid.FromOutputAsync(client));
        await Bounded.UntilAsync(() => command.State == 'T', () => $"a stopped command, not {command.State}");
        await client.SendAsync(Requests.Cancel("cancel", 1));
        JsonObject[] replies = await ReadRepliesAsync(client, 2);
        JsonObject result = PartialResult(replies.Single(reply => reply["id"]!.ToString() == "1"), -32005, "cancel");
        Assert.Equal(Signals.Terminate, result.Number("signal"));
    }

    [Fact]
    public async Task A_child_in_a_session_of_its_own_ends_with_the_command()
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient client = await agent.ConnectAsync();
        string script = IgnoresTerm.Replace("$", "\\$", StringComparison.Ordinal);
        await client.SendAsync(Requests.Shell(1, $"setsid sh -c \"{script}\" & wait", Streamed));
        int pid = await CommandPid.FromOutputAsync(client);
        await client.SendAsync(Requests.Cancel("cancel", 1));
        await ReadRepliesAsync(client, 2);
        Assert.False(new ProcessFacts(pid).IsAlive);
    }

    [Fact]
    public async Task A_cancel_keeps_what_was_written()
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient client = await agent.ConnectAsync();
        string ready = agent.Directory["ready"];
        await client.SendAsync(Requests.Shell(1, $"echo so far; touch {ready}; exec sleep 600"));
        await Bounded.UntilAsync(() => File.Exists(ready), () => "the command's file");
        await client.SendAsync(Requests.Cancel("cancel", 1));
        JsonObject[] replies = await ReadRepliesAsync(client, 2);
        Assert.True(replies.Single(reply => reply["id"]!.ToString() == "cancel").Result().Flag("cancelled"));
        JsonObject result = PartialResult(replies.Single(reply => reply["id"]!.ToString() == "1"), -32005, "cancel");
        Assert.Equal(("so far\n", false), (result.Text("stdout"), result.Flag("timed_out")));
    }

    [Theory]
    [InlineData("echo $$; exec sleep 600")]
    [InlineData(IgnoresTerm)]
    public async Task A_host_that_goes_takes_its_commands_along_and_no_others(string script)
    {
        await using RunningAgent agent = await StartAsync();
        using RawClient other = await agent.ConnectAsync();
        var fed = new JsonObject { ["stream"] = true, ["stdin_open"] = true };
        await other.SendAsync(Requests.Shell(1, "echo $$; cat", fed));
        int spared = await CommandPid.FromOutputAsync(other);
        int pid;
        using (RawClient client = await agent.ConnectAsync())
        {
            await client.SendAsync(Requests.Shell(1, script, Streamed));
            pid = await CommandPid.FromOutputAsync(client);
        }

        await Bounded.UntilAsync(() => !new ProcessFacts(pid).IsAlive, () => "the end of the command");
        Assert.True(new ProcessFacts(spared).IsAlive);
    }

    private static Task<RunningAgent> StartAsync(double graceSeconds = 0.2) =>
        RunningAgent.StartAsync(AgentConfig.WithLimits(new JsonObject { ["kill_grace_seconds"] = graceSeconds }));

    private static async Task<JsonObject[]> ReadRepliesAsync(RawClient client, int count)
    {
        var replies = new JsonObject[count];
        for (int i = 0; i < count; i++)
        {
            replies[i] = await client.ReadAsync();
        }

        return replies;
    }

    private static JsonObject PartialResult(JsonObject reply, int code, string rule)
    {
        Assert.Equal((code, rule), (reply.ErrorCode(), reply.ErrorRule()));
        return reply.Error()["data"]!.AsObject();
    }

    private static int Pid(string output) =>
        int.Parse(output.Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture);
}
