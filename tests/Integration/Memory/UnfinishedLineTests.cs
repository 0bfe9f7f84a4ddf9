using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Memory;

/// <summary>Many hosts send most of a long line and then nothing: the agent stays within its memory and serves the others.</summary>
public sealed class UnfinishedLineTests : IDisposable
{
    private const int Busy = -32004;
    private const int TooLarge = -32006;
    private const int LineBytes = 15_900_000;
    private const string Rule = "limits.max_memory_bytes";

    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData(60, 256, 16)]
    [InlineData(127, 256, 16)]
    [InlineData(60, 128, 16)]
    [InlineData(20, 64, 12)]
    [InlineData(60, 16, 2)]
    public async Task The_agent_stays_within_its_memory_and_a_well_behaved_host_is_served_all_the_time(
        int hosts, int budgetMebibytes, int messageMebibytes)
    {
        long budget = (long)budgetMebibytes << 20;
        int message = messageMebibytes << 20;
        await using RunningAgent agent = await StartAsync(budget, message);
        long before = agent.Facts.ResidentBytes;
        using RawClient modest = await agent.ConnectAsync();
        await BehaveAsync(modest, 0);

        int length = Math.Min(LineBytes, message - 4096);
        List<RawClient> holders = [];
        for (int i = 0; i < hosts; i++)
        {
            RawClient holder = await agent.ConnectAsync();
            holders.Add(holder);
            await holder.SendBytesAsync(Beginning(i, length));
            if (i % 8 == 0)
            {
                await BehaveAsync(modest, i);
            }
        }

        await BehaveAsync(modest, hosts);
        long most = agent.Facts.PeakBytes;
        // With all else that the process has, where what is read into and the first request of each kind are not most of it.
        long bound = budget >= 128 << 20 ? budget : before + budget + MemoryTolerance.WhileUsedUpBytes;
        Assert.True(most < bound, $"{most >> 20} MiB of {budget >> 20} and {before >> 20}");

        // Those that were refused know it, by the id of the request that they had begun; the others go on.
        int refused = 0;
        for (int i = 0; i < hosts; i++)
        {
            await holders[i].SendBytesAsync("\"}}\n"u8.ToArray());
            JsonObject reply = await holders[i].ReadAsync();
            Assert.Equal(i, reply.Number("id"));
            // What is wrong with the request is told where there was memory to look at it.
            string rule = reply.ErrorRule()!;
            Assert.True((reply.ErrorCode(), rule) is (Busy or TooLarge, Rule) or (-32602, "length"), reply.ToJsonString());
            refused += rule == Rule ? 1 : 0;
            Assert.True((await holders[i].ExchangeAsync(Requests.Ping("after"))).Result().Flag("pong"));
        }

        Assert.InRange(refused, hosts - (int)(budget / length), hosts);
        await BehaveAsync(modest, -1);
        holders.ForEach(holder => holder.Dispose());
        await Bounded.UntilAsync(
            () => agent.Facts.ResidentBytes < before + MemoryTolerance.AfterwardsBytes,
            () => $"memory to come back: {agent.Facts.ResidentBytes >> 20} MiB, {before >> 20} before");
    }

    [Fact]
    public async Task A_long_message_gets_room_from_lines_that_are_longer_and_do_not_go_on()
    {
        await using RunningAgent agent = await StartAsync(64 << 20, 12 << 20);
        List<RawClient> holders = [];
        for (int i = 0; i < 8; i++)
        {
            holders.Add(await agent.ConnectAsync());
            await holders[i].SendBytesAsync(Beginning(i, 12_000_000));
        }

        using RawClient other = await agent.ConnectAsync();
        string content = new('c', 4 << 20);
        JsonObject written = await other.ExchangeAsync(Requests.Call(
            1, "file_write", new JsonObject { ["path"] = _directory["written"], ["content"] = content }));
        Assert.Equal(content.Length, written.Result().Number("bytes_written"));
        Assert.Equal(content.Length, new FileInfo(_directory["written"]).Length);
        holders.ForEach(holder => holder.Dispose());
    }

    [Fact]
    public async Task What_can_never_be_held_is_too_large_and_not_busy()
    {
        await using RunningAgent agent = await StartAsync(16 << 20, 2 << 20);
        using RawClient client = await agent.ConnectAsync();
        // Some 80 bytes for each of so many arguments.
        string arguments = string.Join(',', Enumerable.Repeat("\"\"", 500_000));
        JsonObject reply = await client.ExchangeAsync(
            $$$"""{"jsonrpc":"2.0","id":1,"method":"exec_command","params":{"command":"/bin/true","args":[{{{arguments}}}]}}""");
        Assert.Equal((TooLarge, Rule), (reply.ErrorCode(), reply.ErrorRule()));
        Assert.Equal(16 << 20, reply.Error()["data"]!["limit"]!.GetValue<long>());
    }

    [Fact]
    public async Task Hosts_that_send_single_bytes_take_no_more_than_others()
    {
        await using RunningAgent agent = await StartAsync(16 << 20, 2 << 20);
        long before = agent.Facts.ResidentBytes;
        using RawClient client = await agent.ConnectAsync();
        await client.SendBytesAsync(Beginning(1, 4097));
        for (int i = 0; i < 20_000; i++)
        {
            await client.SendBytesAsync("x"u8.ToArray());
        }

        Assert.True(agent.Facts.PeakBytes < before + (8 << 20), $"{agent.Facts.PeakBytes >> 20} MiB, {before >> 20} before");
        await client.SendBytesAsync("\"}}\n"u8.ToArray());
        Assert.Equal(1, (await client.ReadAsync()).Number("id"));
    }

    public void Dispose() => _directory.Dispose();

    private static byte[] Beginning(int id, int length)
    {
        string begin = $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"file_stat","params":{"path":"/""";
        return Encoding.UTF8.GetBytes(begin.PadRight(length, 'x'));
    }

    // Short requests of several kinds, and a file that is a little longer than what a connection has for itself.
    private async Task BehaveAsync(RawClient client, int id)
    {
        Assert.True((await client.ExchangeAsync(Requests.Ping(id))).Result().Flag("pong"));
        Assert.False((await client.ExchangeAsync(Requests.Cancel(id, "none"))).Result().Flag("cancelled"));
        Assert.Equal(0, (await client.ExchangeAsync(Requests.Shell(id, "echo out"))).Result().Number("exit_code"));
        Assert.Equal(40_000, (await client.ExchangeAsync(Requests.Call(
            id, "file_write", new JsonObject { ["path"] = _directory["small"], ["content"] = new string('c', 40_000) })))
            .Result().Number("bytes_written"));
    }

    private Task<RunningAgent> StartAsync(long budget, int message)
    {
        JsonObject policy = AgentConfig.WithFiles(_directory[""]).Policy.DeepClone().AsObject();
        policy["commands"] = "any";
        return RunningAgent.StartAsync(new AgentConfig
        {
            Policy = policy,
            Limits = new JsonObject
            {
                ["max_memory_bytes"] = budget,
                ["max_message_bytes"] = message,
                ["max_output_bytes"] = 65_536,
            },
        });
    }
}
