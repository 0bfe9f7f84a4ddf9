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
        Assert.Equal(-32005, (await client.ReadAsync()).ErrorCode());
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

    private static AgentConfig Patient => AgentConfig.WithLimits(new JsonObject { ["drain_seconds"] = Drain.TotalSeconds });

    private static async Task<TimeSpan> StopTimeAsync(RunningAgent agent)
    {
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(0, await agent.StopAsync());
        return Stopwatch.GetElapsedTime(start);
    }
}
