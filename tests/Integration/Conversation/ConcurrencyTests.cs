using System.Diagnostics;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Conversation;

/// <summary>Many requests at once: limits, the order of replies, and whose reply is whose.</summary>
public sealed class ConcurrencyTests
{
    private static readonly JsonObject OpenInput = new() { ["stdin_open"] = true };

    [Fact]
    public async Task A_request_too_many_is_refused_and_running_commands_can_still_be_fed()
    {
        await using RunningAgent agent = await StartAsync("max_concurrent_requests", 3);
        using RawClient client = await agent.ConnectAsync();
        for (int id = 1; id <= 3; id++)
        {
            await client.SendAsync(Requests.Exec(id, "/bin/cat", more: OpenInput));
        }

        ExpectBusy(await client.ExchangeAsync(Requests.Ping("one too many")), "limits.max_concurrent_requests", 3);
        await client.SendAsync(CloseInput(2));
        Assert.Equal(0, (await client.ReadAsync()).Result().Number("exit_code"));
    }

    [Fact]
    public async Task A_place_is_free_again_when_the_reply_has_come()
    {
        await using RunningAgent agent = await StartAsync("max_concurrent_requests", 1);
        using RawClient client = await agent.ConnectAsync();
        for (int id = 0; id < 200; id++)
        {
            Assert.Equal(0, (await client.ExchangeAsync(Requests.Exec(id, "/bin/true"))).Result().Number("exit_code"));
        }
    }

    [Fact]
    public async Task Commands_are_counted_over_all_connections_and_nothing_else_is()
    {
        await using RunningAgent agent = await StartAsync("max_concurrent_commands", 2);
        using RawClient first = await agent.ConnectAsync();
        using RawClient second = await agent.ConnectAsync();
        await first.SendAsync(Requests.Exec(1, "/bin/cat", more: OpenInput));
        await first.ExchangeAsync(Requests.Ping("first"));
        await second.SendAsync(Requests.Exec(1, "/bin/cat", more: OpenInput));
        await second.ExchangeAsync(Requests.Ping("second"));
        ExpectBusy(await second.ExchangeAsync(Requests.Exec(2, "/bin/true")), "limits.max_concurrent_commands", 2);

        await first.SendAsync(CloseInput(1));
        Assert.Equal(0, (await first.ReadAsync()).Result().Number("exit_code"));
        Assert.Equal(0, (await second.ExchangeAsync(Requests.Exec(2, "/bin/true"))).Result().Number("exit_code"));
    }

    [Fact]
    public async Task Replies_come_when_they_are_done_and_carry_their_own_result()
    {
        const int count = 30;
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        for (int id = 1; id <= count; id++)
        {
            await client.SendAsync(Requests.Shell(id, $"cat >&2; echo {id}", OpenInput));
        }

        // Backwards, one by one: only the command that is told to end can be the one that is answered.
        for (int id = count; id >= 1; id--)
        {
            await client.SendAsync(CloseInput(id));
            JsonObject reply = await client.ReadAsync();
            Assert.Equal((id, $"{id}\n"), (reply["id"]!.GetValue<int>(), reply.Stdout()));
        }
    }

    [Fact]
    public async Task Two_connections_may_use_the_same_id()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient first = await agent.ConnectAsync();
        using RawClient second = await agent.ConnectAsync();
        await first.SendAsync(Requests.Shell("same", "cat; echo first", OpenInput));
        await second.SendAsync(Requests.Shell("same", "cat; echo second", OpenInput));
        await second.SendAsync(CloseInput("same"));
        Assert.Equal("second\n", (await second.ReadAsync()).Stdout());
        await first.SendAsync(CloseInput("same"));
        Assert.Equal("first\n", (await first.ReadAsync()).Stdout());
    }

    [Fact]
    public async Task Pings_are_answered_while_twenty_commands_sleep()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        for (int id = 0; id < 20; id++)
        {
            await client.SendAsync(Requests.Exec(id, "/bin/sleep", ["600"]));
        }

        // Unlike a ping, it is answered when all before it have begun.
        (await client.ExchangeAsync(Requests.Call("begun", "get_agent_info"))).Result();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal($"ping {i}", (await client.ExchangeAsync(Requests.Ping($"ping {i}"))).Text("id"));
        }

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 5);
        Assert.Equal(20, agent.Facts.Children.Count);
    }

    private static Task<RunningAgent> StartAsync(string limit, int value) =>
        RunningAgent.StartAsync(AgentConfig.WithLimits(new JsonObject { [limit] = value }));

    private static string CloseInput(JsonNode id) => new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["method"] = "exec_stdin",
        ["params"] = new JsonObject { ["id"] = id, ["eof"] = true },
    }.ToJsonString();

    private static void ExpectBusy(JsonObject reply, string rule, int limit)
    {
        Assert.Equal((-32004, rule), (reply.ErrorCode(), reply.ErrorRule()));
        Assert.Equal(limit, reply.Error()["data"]!.AsObject().Number("limit"));
    }
}
