using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Streaming;

/// <summary>A host's credit is never exceeded, and all of it can be used by either output.</summary>
public sealed class CreditTests
{
    private const int Window = 4096;
    private static readonly JsonObject Windowed = new() { ["stream"] = true, ["window_bytes"] = Window };

    [Fact]
    public async Task Never_more_than_the_window_is_under_way()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, "head -c 50000 /dev/zero; head -c 50000 /dev/zero >&2", Windowed));
        var stream = new StreamCollector(client, 1);
        long granted = Window;
        while (granted < 100_000)
        {
            await ReadUpToAsync(stream, granted);

            // Whatever the agent wrongly sends beyond the credit would come before the reply to the ping.
            await client.SendAsync(Requests.Ping("fence"));
            Assert.Equal("fence", (await stream.ReadAsync())?.Text("id"));
            int more = granted % 3 == 0 ? 1 : 7777;
            await client.SendAsync(Requests.Call("credit", "exec_credit", new JsonObject { ["id"] = 1, ["bytes"] = more }));
            granted += more;
            await ReadReplyAsync(stream, "credit");
            Assert.InRange(stream.Total, 0, granted);
        }

        JsonObject result = (await stream.ReadToEndAsync()).Result();
        Assert.Equal((50_000, 50_000), (stream.Stdout.Length, stream.Stderr.Length));
        Assert.Equal((50_000, 50_000), (result.Number("stdout_bytes"), result.Number("stderr_bytes")));
        Assert.False(result.Flag("stdout_truncated") || result.Flag("stderr_truncated"));
    }

    [Theory]
    [InlineData("stdout", "")]
    [InlineData("stderr", " >&2")]
    public async Task A_silent_output_does_not_keep_the_credit_from_the_other(string output, string redirection)
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, $"echo hello{redirection}; exec sleep 60", Windowed));
        JsonObject message = await client.ReadAsync();
        Assert.Equal(output, message["params"]!["stream"]!.GetValue<string>());
    }

    [Fact]
    public async Task Both_outputs_flow_when_one_has_used_most_of_the_credit()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, "head -c 4095 /dev/zero; echo -n x >&2; exec sleep 60", Windowed));
        var stream = new StreamCollector(client, 1);
        await ReadUpToAsync(stream, Window);
        Assert.Equal((4095, 1), (stream.Stdout.Length, stream.Stderr.Length));
    }

    [Fact]
    public async Task A_command_that_ends_without_credit_keeps_its_output_for_the_host()
    {
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.AnyCommand);
        using RawClient client = await agent.ConnectAsync();
        await client.SendAsync(Requests.Shell(1, "head -c 5000 /dev/zero", Windowed));
        var stream = new StreamCollector(client, 1);
        await ReadUpToAsync(stream, Window);
        await client.SendAsync(Requests.Call(null, "exec_credit", new JsonObject { ["id"] = 1, ["bytes"] = 10_000 }).Replace("\"id\":null,", "", StringComparison.Ordinal));
        Assert.Equal(0, (await stream.ReadToEndAsync()).Result().Number("exit_code"));
        Assert.Equal(5000, stream.Stdout.Length);
    }

    [Fact]
    public async Task A_host_that_never_grants_credit_gets_its_answer_at_the_time_limit()
    {
        var limits = new JsonObject { ["kill_grace_seconds"] = 0.2 };
        await using RunningAgent agent = await RunningAgent.StartAsync(AgentConfig.WithLimits(limits));
        using RawClient client = await agent.ConnectAsync();
        JsonObject more = Windowed.DeepClone().AsObject();
        more["timeout_seconds"] = 0.5;
        await client.SendAsync(Requests.Shell(1, "yes", more));
        var stream = new StreamCollector(client, 1);
        JsonObject reply = await stream.ReadToEndAsync();
        Assert.Equal(-32003, reply.ErrorCode());
        Assert.Equal(Window, stream.Total);
        Assert.True(reply.Error()["data"]!.AsObject().Flag("stdout_truncated"));
    }

    private static async Task ReadUpToAsync(StreamCollector stream, long total)
    {
        while (stream.Total < total)
        {
            Assert.Null(await stream.ReadAsync());
        }

        Assert.Equal(total, stream.Total);
    }

    private static async Task ReadReplyAsync(StreamCollector stream, string id)
    {
        JsonObject? message;
        do
        {
            message = await stream.ReadAsync();
        }
        while (message is null);

        Assert.Equal(id, message.Text("id"));
    }
}
