using System.Diagnostics;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Settings;

/// <summary>SIGTERM: what is in flight finishes or is ended and answered, in bounded time, and the agent exits with 0.</summary>
public sealed class StopTests
{
    // So long that a stop that waits for its time limit shows, on however busy a machine.
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_idle_agent_stops_at_once()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Patient);
        Assert.True(await StopTimeAsync(agent) < Drain / 2);
    }

    [Fact]
    public async Task An_idle_host_does_not_hold_the_agent_up()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(Patient);
        using RawClient client = await agent.ConnectAsync();
        await client.ExchangeAsync(Requests.Ping(1));
        Assert.True(await StopTimeAsync(agent) < Drain / 2);
        Assert.Null(await client.ReadLineAsync());
    }

    [Fact]
    public async Task A_command_in_flight_may_finish_and_is_answered()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, "echo up; sleep 0.5; echo done", new JsonObject { ["stream"] = true }));
        Assert.Equal("exec_output", (await client.ReadAsync()).Text("method"));
        Assert.Equal(0, await agent.StopAsync());
        Assert.Equal("exec_output", (await client.ReadAsync()).Text("method"));
        Assert.Equal(0, (await client.ReadAsync()).Result().Number("exit_code"));
        Assert.Null(await client.ReadLineAsync());
    }

    [Fact]
    public async Task A_command_that_takes_too_long_is_ended_and_answered()
    {
        var limits = new JsonObject { ["drain_seconds"] = 0.3, ["kill_grace_seconds"] = 0.3 };
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithLimits(limits));
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(
            1, "trap '' TERM; echo $$; while :; do sleep 1; done", new JsonObject { ["stream"] = true }));
        int pid = await CommandPid.FromOutputAsync(client);
        Assert.Equal(0, await agent.StopAsync());
        Assert.False(new ProcessFacts(pid).IsAlive);
        JsonObject answer = await client.ReadAsync();
        Assert.Equal((-32009, "stop"), (answer.ErrorCode(), answer.ErrorRule()));
        // What there is of the result stands beside the rule.
        Assert.Equal(9, answer.Error()["data"]!.AsObject().Number("signal"));
    }

    [Fact]
    public async Task A_command_of_a_listener_that_is_configured_no_more_is_ended_likewise()
    {
        var limits = new JsonObject { ["drain_seconds"] = 0.3, ["kill_grace_seconds"] = 0.3 };
        using var place = new TemporaryDirectory();
        var other = new JsonObject { ["transport"] = "unix", ["path"] = place["other.sock"], ["dialect"] = "jsonrpc" };
        await using RunningAgent agent = await RunningAgent.StartAsync(
            new AgentConfig { Policy = AnyCommand, Limits = limits, MoreListeners = [other] });
        using RawClient client = await RawClient.ConnectAsync(place["other.sock"]);
        Assert.Equal("agent_ready", (await client.ReadAsync()).Text("method"));
        await client.SendAsync(Requests.Shell(1, "echo up; exec sleep 600", new JsonObject { ["stream"] = true }));
        Assert.Equal("exec_output", (await client.ReadAsync()).Text("method"));
        await Reconfiguration.ApplyAsync(agent, AgentConfig.WithLimits(limits));
        JsonObject answer = await client.ReadAsync();
        Assert.Equal((-32009, "stop"), (answer.ErrorCode(), answer.ErrorRule()));
    }

    [Theory]
    [InlineData("exec", "--", "sh", "-c", "echo up; exec sleep 600")]
    [InlineData("--json", "call", "exec_command", """{"command":"/bin/sh","args":["-c","touch $UP; exec sleep 600"],"env":{"UP":"%up%"}}""")]
    public async Task Guestctl_says_that_the_guest_cannot_be_reached_any_more(params string[] words)
    {
        var limits = new JsonObject { ["drain_seconds"] = 0.3, ["kill_grace_seconds"] = 0.3 };
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithLimits(limits));
        string up = agent.Directory["up"];
        using Guestctl guestctl = Guestctl.Start(
            agent.SocketPath, [.. words.Select(word => word.Replace("%up%", up, StringComparison.Ordinal))]);
        if (words[0] == "exec")
        {
            Assert.Equal("up", await guestctl.ReadLineAsync());
        }
        else
        {
            await Bounded.UntilAsync(() => File.Exists(up), () => "the command has begun");
        }

        Assert.Equal(0, await agent.StopAsync());
        ProgramRun run = await guestctl.EndAsync();
        Assert.Equal(69, run.ExitCode);
        Assert.Contains("the agent stops", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_does_not_read_does_not_hold_the_agent_up()
    {
        var limits = new JsonObject { ["drain_seconds"] = 0.5, ["kill_grace_seconds"] = 0.3 };
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithLimits(limits));
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, "yes", new JsonObject { ["stream"] = true }));
        await client.ReadLineAsync();
        Assert.Equal(0, await agent.StopAsync());
    }

    [Fact]
    public async Task Commands_of_a_host_before_a_hello_are_ended_too()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(
            1, "trap '' TERM; echo $$; while :; do sleep 1; done", new JsonObject { ["stream"] = true }));
        int pid = await CommandPid.FromOutputAsync(client);
        await client.ExchangeAsync(Requests.Call(2, "hello", new JsonObject { ["session"] = "next" }));
        Assert.Equal(0, await agent.StopAsync());
        Assert.False(new ProcessFacts(pid).IsAlive);
    }

    private static JsonObject AnyCommand => new() { ["commands"] = "any" };

    private static AgentConfig Patient => AgentConfig.WithLimits(new JsonObject { ["drain_seconds"] = Drain.TotalSeconds });

    private static async Task<TimeSpan> StopTimeAsync(RunningAgent agent)
    {
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(0, await agent.StopAsync());
        return Stopwatch.GetElapsedTime(start);
    }
}
