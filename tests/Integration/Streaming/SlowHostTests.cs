using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Streaming;

/// <summary>A host that does not read: the agent goes on reading, stays small, and serves others.</summary>
public sealed class SlowHostTests
{
    private const long MayGrowBytes = 16 << 20;
    private static readonly JsonObject Streamed = new() { ["stream"] = true };

    [Fact]
    public async Task A_cancel_is_read_though_nothing_is_read_of_the_stream()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, "exec yes", Streamed));
        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 1, () => "the command");
        ProcessFacts command = new(agent.Facts.Children[0]);
        await client.SendAsync(Requests.Cancel(2, 1));
        await Bounded.UntilAsync(() => !command.IsAlive, () => "the end of the command");
    }

    [Fact]
    public async Task Stalled_streams_stay_small()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        long before = agent.Facts.ResidentBytes;
        using RawClient client = await agent.ConnectAsync();
        for (int i = 0; i < 20; i++)
        {
            await client.SendAsync(Requests.Shell(i, "exec yes", Streamed));
        }

        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 20, () => "the commands");
        await PingOnAnotherConnectionAsync(agent, 200);
        Assert.InRange(agent.Facts.ResidentBytes, 0, before + MayGrowBytes);
    }

    [Fact]
    public async Task A_stalled_stream_does_not_delay_another_connection()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient stalled = await agent.ConnectAsync();
        await stalled.SendAsync(Requests.Shell(1, "exec yes", Streamed));
        await stalled.ReadLineAsync();
        await PingOnAnotherConnectionAsync(agent, 500);
    }

    [Fact]
    public async Task A_host_that_leaves_its_replies_unread_is_cut_off()
    {
        var limits = new JsonObject { ["max_unread_reply_bytes"] = 65_536 };
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithLimits(limits));
        using RawClient client = await agent.ConnectAsync();
        await SendUntilCutOffAsync(client);
        string line = await agent.Log.WaitForAsync("does not read");
        Assert.Contains("65536", line, StringComparison.Ordinal);
        await PingOnAnotherConnectionAsync(agent, 1);
    }

    [Fact]
    public async Task Commands_of_a_host_that_is_cut_off_are_ended()
    {
        var limits = new JsonObject { ["max_unread_reply_bytes"] = 65_536, ["kill_grace_seconds"] = 0.2 };
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithLimits(limits));
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Exec(1, "/bin/sleep", ["60"]));
        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 1, () => "the command");
        await SendUntilCutOffAsync(client);
        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 0, () => "the end of the command");
    }

    [Fact]
    public async Task A_host_that_reads_late_loses_nothing()
    {
        const int Count = 20_000;
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(string.Join('\n', Enumerable.Range(0, Count).Select(i => Requests.Ping(i))));
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(i, (await client.ReadAsync()).Number("id"));
        }
    }

    private static async Task SendUntilCutOffAsync(RawClient client)
    {
        string pings = string.Join('\n', Enumerable.Repeat(Requests.Ping("unread"), 100));
        try
        {
            for (int i = 0; i < 1000; i++)
            {
                await client.SendAsync(pings);
            }

            Assert.Fail("the agent has taken 100,000 requests without a reply being read");
        }
        catch (IOException)
        {
            // The agent has ended the connection.
        }
    }

    private static async Task PingOnAnotherConnectionAsync(RunningAgent agent, int times)
    {
        using RawClient other = await agent.ConnectAsync();
        for (int i = 0; i < times; i++)
        {
            Assert.True((await other.ExchangeAsync(Requests.Ping(i))).Result().Flag("pong"));
        }
    }
}
