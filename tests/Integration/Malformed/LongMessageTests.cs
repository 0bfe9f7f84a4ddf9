using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Malformed;

/// <summary>Long messages: refused over the limit at once, read below it in linear time, and never answered longer.</summary>
public sealed class LongMessageTests
{
    private const int Limit = 4096;
    private const int PieceBytes = 4096;
    private static readonly JsonObject Small = new() { ["max_message_bytes"] = Limit, ["max_output_bytes"] = 128 };

    [Theory]
    [InlineData(Limit, true)]
    [InlineData(Limit + 1, false)]
    [InlineData(Limit + 2, false)]
    [InlineData(100 * Limit, false)]
    public async Task A_line_is_read_up_to_the_limit_and_refused_over_it(int length, bool accepted)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithLimits(Small));
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Ping(1).PadRight(length));
        JsonObject reply = await client.ReadAsync();
        Assert.Equal(accepted ? null : "limits.max_message_bytes", accepted ? reply["error"]?.ToJsonString() : reply.ErrorRule());
        Assert.True((await client.ExchangeAsync(Requests.Ping(2))).Result().Flag("pong"));
    }

    [Fact]
    public async Task A_line_over_the_limit_is_refused_before_it_ends_and_only_once()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithLimits(Small));
        using RawClient client = await agent.ConnectAsync();
        await client.SendBytesAsync(new byte[Limit + 2]);
        Assert.Equal("limits.max_message_bytes", (await client.ReadAsync()).ErrorRule());
        for (int i = 0; i < 100; i++)
        {
            await client.SendBytesAsync(new byte[777]);
        }

        await client.SendAsync("tail");
        Assert.True((await client.ExchangeAsync(Requests.Ping(2))).Result().Flag("pong"));
    }

    [Fact]
    public async Task A_message_may_arrive_byte_by_byte()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        using RawClient client = await agent.ConnectAsync();
        foreach (byte b in Encoding.UTF8.GetBytes(Requests.Ping(1) + "\r\n" + Requests.Ping(2) + "\n"))
        {
            await client.SendBytesAsync(new[] { b });
        }

        Assert.Equal(1, (await client.ReadAsync()).Number("id"));
        Assert.Equal(2, (await client.ReadAsync()).Number("id"));
    }

    [Fact]
    public async Task A_long_line_in_small_pieces_takes_linear_time()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.Default);
        using RawClient client = await agent.ConnectAsync();
        await TimeAsync(client, 1 << 20);
        TimeSpan quarter = await BestAsync(client, 4 << 20);
        TimeSpan whole = await BestAsync(client, (16 << 20) - 1);

        // Linear is 4 and quadratic 16; between them there is room for a busy machine.
        Assert.True(whole < 9 * quarter + TimeSpan.FromMilliseconds(50), $"4 MiB: {quarter}, 16 MiB: {whole}");
    }

    [Theory]
    [InlineData("command")]
    [InlineData("user")]
    [InlineData("working_directory")]
    [InlineData("unknown parameter")]
    [InlineData("env")]
    [InlineData("method")]
    public async Task An_error_is_never_longer_than_a_message_may_be(string where)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithLimits(Small));
        using RawClient client = await agent.ConnectAsync();
        string text = string.Concat(Enumerable.Repeat("😀", 900));
        string request = where switch
        {
            "command" => $$$"""{"command":"/{{{text}}}"}""",
            "user" => $$$"""{"command":"/bin/true","user":"{{{text}}}"}""",
            "working_directory" => $$$"""{"command":"/bin/true","working_directory":"/{{{text}}}"}""",
            "env" => $$$"""{"command":"/bin/true","env":{"{{{text}}}":null}}""",
            _ => $$$"""{"command":"/bin/true","{{{text}}}":1}""",
        };
        string method = where == "method" ? text : "exec_command";
        await client.SendAsync($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{request}} }""");
        string line = (await client.ReadLineAsync())!;
        Assert.Contains("\"error\"", line, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(line), 1, Limit);
        Assert.All(agent.Log.Lines, logged => Assert.InRange(logged.Length, 1, 2048));
    }

    // The best of three: what disturbs one is not the agent.
    private static async Task<TimeSpan> BestAsync(RawClient client, int bytes)
    {
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            TimeSpan time = await TimeAsync(client, bytes);
            best = time < best ? time : best;
        }

        return best;
    }

    private static async Task<TimeSpan> TimeAsync(RawClient client, int bytes)
    {
        byte[] line = Encoding.UTF8.GetBytes(Requests.Ping(1).PadRight(bytes) + "\n");
        long start = Stopwatch.GetTimestamp();
        for (int sent = 0; sent < line.Length; sent += PieceBytes)
        {
            await client.SendBytesAsync(line.AsMemory(sent, Math.Min(PieceBytes, line.Length - sent)));
        }

        Assert.True((await client.ReadAsync()).Result().Flag("pong"));
        return Stopwatch.GetElapsedTime(start);
    }
}
