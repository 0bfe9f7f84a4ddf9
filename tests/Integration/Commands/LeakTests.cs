using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Commands;

/// <summary>Commands leave nothing behind in the agent.</summary>
public sealed class LeakTests
{
    private const int AtOnce = 16;

    // The thread pool may keep some more threads than it had at the first look.
    private const int SpareThreads = 8;

    [Fact]
    public async Task A_thousand_commands_leave_no_process_descriptor_or_thread()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await RunAsync(client, 100);
        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 0, () => "the first commands to be reaped");
        int descriptors = agent.Facts.Descriptors;
        int threads = agent.Facts.Threads;

        await RunAsync(client, 1000);
        await Bounded.UntilAsync(
            () => agent.Facts.Children.Count == 0 && agent.Facts.Descriptors <= descriptors,
            () => $"{agent.Facts.Children.Count} children, {agent.Facts.Descriptors} descriptors, not {descriptors}");
        Assert.InRange(agent.Facts.Threads, 1, threads + SpareThreads);
    }

    [Fact]
    public async Task Commands_that_do_not_start_leave_nothing_either()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await FailAsync(client);
        int descriptors = agent.Facts.Descriptors;
        for (int i = 0; i < 50; i++)
        {
            await FailAsync(client);
        }

        await Bounded.UntilAsync(
            () => agent.Facts.Children.Count == 0 && agent.Facts.Descriptors <= descriptors,
            () => $"{agent.Facts.Children.Count} children, {agent.Facts.Descriptors} descriptors, not {descriptors}");
    }

    private static async Task RunAsync(RawClient client, int count)
    {
        for (int id = 0; id < count + AtOnce; id++)
        {
            if (id >= AtOnce)
            {
                Assert.Equal(0, (await client.ReadAsync()).Result().Number("exit_code"));
            }

            if (id < count)
            {
                await client.SendAsync(Requests.Exec(id, "/bin/true"));
            }
        }
    }

    private static async Task FailAsync(RawClient client)
    {
        var unknown = new JsonObject { ["user"] = "no-such-user" };
        var nowhere = new JsonObject { ["working_directory"] = "/no/such" };
        var other = new JsonObject { ["user"] = "nobody" };
        Assert.Equal(-32000, (await client.ExchangeAsync(Requests.Exec(1, "/etc/passwd"))).ErrorCode());
        Assert.Equal(-32000, (await client.ExchangeAsync(Requests.Exec(2, "/bin/true", more: nowhere))).ErrorCode());
        Assert.Equal(-32002, (await client.ExchangeAsync(Requests.Exec(3, "/bin/true", more: unknown))).ErrorCode());
        Assert.True((await client.ExchangeAsync(Requests.Exec(4, "/etc/passwd", more: other))).ErrorCode() < 0);
    }
}
