using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Memory;

/// <summary>What an agent has while hosts ask nothing of it.</summary>
public sealed class IdleAgentTests
{
    private const int ManyRequests = 3000;
    private const long Noticeable = 1024 * 1024;

    [Fact]
    public async Task The_thread_that_waits_for_commands_begins_with_the_first_of_them()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.ExchangeAsync(Requests.Ping(1));
        Assert.DoesNotContain("epoll", Threads(agent));

        // Long enough for the agent to let go of the thread that started it.
        await client.ExchangeAsync(Requests.Shell(2, "sleep 0.2"));
        Assert.Contains("epoll", Threads(agent));
    }

    [Fact]
    public async Task What_many_short_requests_have_left_is_given_back_when_hosts_are_quiet()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        for (int i = 0; i < ManyRequests; i++)
        {
            await client.ExchangeAsync(Requests.Ping(i));
        }

        long before = agent.Facts.ResidentBytes;
        await Bounded.UntilAsync(
            () => agent.Facts.ResidentBytes < before - Noticeable,
            () => $"less memory than {before} bytes; it has {agent.Facts.ResidentBytes}");
        Assert.True((await client.ExchangeAsync(Requests.Ping(1))).Result().Flag("pong"));
    }

    private static List<string> Threads(RunningAgent agent)
    {
        List<string> names = [];
        foreach (string thread in Directory.EnumerateDirectories($"/proc/{agent.Facts.Pid}/task"))
        {
            try
            {
                names.Add(File.ReadAllText(thread + "/comm").TrimEnd('\n'));
            }
            catch (IOException)
            {
                // It has ended between the two looks.
                continue;
            }
        }

        return names;
    }
}
