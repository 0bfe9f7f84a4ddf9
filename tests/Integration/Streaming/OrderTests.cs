using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Streaming;

/// <summary>Streamed output is complete, in order, and before the reply.</summary>
public sealed class OrderTests
{
    private static readonly JsonObject Streamed = new() { ["stream"] = true };

    [Fact]
    public async Task Every_byte_comes_in_order_and_before_the_reply()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, "seq 1 300000 & seq 300000 -1 1 >&2; wait", Streamed));
        var stream = new StreamCollector(client, 1);
        JsonObject result = (await stream.ReadToEndAsync()).Result();
        IEnumerable<int> numbers = Enumerable.Range(1, 300_000);
        Assert.Equal(string.Concat(numbers.Select(n => n + "\n")), Encoding.ASCII.GetString(stream.Stdout));
        Assert.Equal(string.Concat(numbers.Reverse().Select(n => n + "\n")), Encoding.ASCII.GetString(stream.Stderr));
        Assert.Equal(stream.Stdout.Length, result.Number("stdout_bytes"));
        Assert.Equal(stream.Stderr.Length, result.Number("stderr_bytes"));
        Assert.Equal(("", ""), (result.Text("stdout"), result.Text("stderr")));
    }

    [Fact]
    public async Task Every_byte_value_comes_through()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        var more = new JsonObject { ["stream"] = true, ["stdin"] = Convert.ToBase64String(all), ["stdin_encoding"] = "base64" };
        await client.SendAsync(Requests.Exec(1, "/bin/cat", more: more));
        var stream = new StreamCollector(client, 1);
        await stream.ReadToEndAsync();
        Assert.Equal(all, stream.Stdout);
    }

    [Fact]
    public async Task No_piece_is_longer_than_a_message_may_be()
    {
        const int Limit = 4096;
        const int Bytes = 100_000;
        var limits = new JsonObject { ["max_message_bytes"] = Limit, ["max_output_bytes"] = 100 };
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithLimits(limits));
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(new string('i', 250), $"head -c {Bytes} /dev/zero", Streamed));
        long received = 0;
        JsonObject message;
        do
        {
            string line = (await client.ReadLineAsync())!;
            Assert.InRange(Encoding.UTF8.GetByteCount(line), 0, Limit);
            message = JsonNode.Parse(line)!.AsObject();
            received += message["params"] is { } piece ? Convert.FromBase64String(piece.AsObject().Text("data")).Length : 0;
        }
        while (message["result"] is null);

        Assert.Equal(Bytes, received);
    }

    [Fact]
    public async Task Several_streams_share_a_connection()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, "yes", Streamed));
        await client.SendAsync(Requests.Shell(2, "seq 1 100000", Streamed));
        var second = new List<byte>();
        while (true)
        {
            JsonObject message = await client.ReadAsync();
            if (message["id"]?.GetValue<int>() == 2)
            {
                break;
            }

            if (message["params"]!["id"]!.GetValue<int>() == 2)
            {
                second.AddRange(Convert.FromBase64String(message["params"]!["data"]!.GetValue<string>()));
            }
        }

        Assert.Equal(string.Concat(Enumerable.Range(1, 100_000).Select(n => n + "\n")), Encoding.ASCII.GetString([.. second]));
    }

    [Fact]
    public async Task A_reply_to_another_request_passes_a_stream()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, "yes", Streamed));
        await client.ReadAsync();
        for (int i = 0; i < 20; i++)
        {
            await client.SendAsync(Requests.Ping("p"));

            // What is in the socket's buffers comes first; what the agent still holds does not.
            int pieces = 0;
            while ((await client.ReadAsync())["id"] is null)
            {
                pieces++;
            }

            Assert.InRange(pieces, 0, 40);
        }
    }
}
