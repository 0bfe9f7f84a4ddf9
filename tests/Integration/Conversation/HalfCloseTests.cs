using System.Globalization;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Conversation;

/// <summary>A host that has sent all that it wants and closes its sending side still gets its answers.</summary>
public sealed class HalfCloseTests
{
    [Fact]
    public async Task A_reply_comes_after_the_host_has_closed_its_sending_side()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, "sleep 0.3; echo late"));
        client.EndSending();
        Assert.Equal("late\n", (await client.ReadAsync()).Stdout());
        Assert.Null(await client.ReadLineAsync());
    }

    [Fact]
    public async Task A_reply_is_never_lost_to_the_end_of_the_connection()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        for (int i = 0; i < 300; i++)
        {
            using RawClient client = await agent.ConnectAsync();
            await client.SendAsync(Requests.Exec(i, "/bin/echo", [i.ToString(CultureInfo.InvariantCulture)]));
            client.EndSending();
            JsonObject reply = await client.ReadAsync();
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture) + "\n", reply.Stdout());
        }
    }

    [Fact]
    public async Task A_large_reply_is_read_to_its_end()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, "head -c 1000000 /dev/zero"));
        client.EndSending();
        Assert.Equal(1_000_000, (await client.ReadAsync()).Result().Number("stdout_bytes"));
        Assert.Null(await client.ReadLineAsync());
    }

    [Fact]
    public async Task An_unfinished_line_is_not_answered()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        using RawClient client = await agent.ConnectAsync();
        await client.SendBytesAsync("""{"jsonrpc":"2.0","id":1,"method":"ping"}"""u8.ToArray());
        client.EndSending();
        Assert.Null(await client.ReadLineAsync());
    }
}
