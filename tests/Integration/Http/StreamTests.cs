using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Http;

/// <summary>Responses that go on until the host leaves.</summary>
public sealed class StreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/telemetry?interval_seconds=0", 400, -32602)]
    [InlineData("/v1/telemetry?interval_seconds=x", 400, -32602)]
    [InlineData("/v1/telemetry?no_such=1", 400, -32602)]
    [InlineData("/v1/events?path=x", 400, -32602)]
    public async Task A_stream_that_cannot_be_is_refused(string path, int status, int code)
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Curl answer = await Curl.AskAsync(agent, path);

        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Theory]
    [InlineData("/v1/telemetry")]
    [InlineData("/v1/events")]
    public async Task A_stream_is_for_those_who_read_and_where_the_listener_serves_it(string path)
    {
        await using RunningAgent agent = await HttpAgent.StartAsync(listener: new JsonObject { ["operations"] = new JsonArray("ping") });

        Assert.Equal(403, (await Curl.AskAsync(agent, path)).Status);
        Assert.Equal(405, (await Curl.AskAsync(agent, path, "-X", "POST")).Status);
    }

    [Fact]
    public async Task Telemetry_comes_with_ids_that_go_on_where_the_host_was()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string instance = (string)(await Curl.AskAsync(agent, "/v1/health")).Json["instance"]!;
        using Socket first = await OpenAsync(agent, "/v1/telemetry?interval_seconds=1");
        string text = await ReadUntilAsync(first, $"id: {instance}.2\nevent: telemetry\ndata: {{");
        using Socket second = await OpenAsync(agent, "/v1/telemetry?interval_seconds=1", $"Last-Event-ID: {instance}.41\r\n");
        using Socket third = await OpenAsync(agent, "/v1/telemetry?interval_seconds=1", "Last-Event-ID: former.41\r\n");

        Assert.Contains("\r\nContent-Type: text/event-stream\r\n", text, StringComparison.Ordinal);
        Assert.Contains($"id: {instance}.1\nevent: telemetry\ndata: {{\"time_ms\":", text, StringComparison.Ordinal);
        await ReadUntilAsync(second, $"id: {instance}.42\n");
        await ReadUntilAsync(third, $"id: {instance}.1\n");
    }

    [Fact]
    public async Task A_host_that_may_have_missed_changes_is_told_of_all_kinds()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        using Socket first = await OpenAsync(agent, "/v1/events");
        await ReadUntilAsync(first, ":\n\n");
        using Socket second = await OpenAsync(agent, "/v1/events", "Last-Event-ID: former.7\r\n");

        await ReadUntilAsync(second, "event: agent_events\ndata: {\"kinds\":[\"network\",\"mounts\"],\"sequence\":0}\n\n");
    }

    [Fact]
    public async Task A_host_that_leaves_ends_what_it_was_told_and_its_connection_may_be_used_again_by_none()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        Assert.Equal(200, (await Curl.AskAsync(agent, "/healthz")).Status);
        int before = agent.Facts.Descriptors;
        for (int i = 0; i < 5; i++)
        {
            using Socket host = await OpenAsync(agent, "/v1/events");
            await ReadUntilAsync(host, ":\n\n");
        }

        // What is watched holds descriptors.
        await Bounded.UntilAsync(() => agent.Facts.Descriptors <= before, () => $"{before} descriptors, now {agent.Facts.Descriptors}");
    }

    [Fact]
    public async Task A_stream_ends_with_the_agent()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync(new JsonObject { ["drain_seconds"] = 30 });
        using Socket host = await OpenAsync(agent, "/v1/events");
        await ReadUntilAsync(host, ":\n\n");
        Task<int> stopping = agent.StopAsync();

        Assert.EndsWith("0\r\n\r\n", await ReadUntilAsync(host, null), StringComparison.Ordinal);
        Assert.Equal(0, await stopping);
    }

    private static async Task<Socket> OpenAsync(RunningAgent agent, string path, string headers = "")
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(agent.SocketPath), Token);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n"), Token);
        return socket;
    }

    // To the end, or to some words, which chunks may stand between.
    private static async Task<string> ReadUntilAsync(Socket socket, string? words)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TestTimeouts.Answer);
        var text = new StringBuilder();
        byte[] buffer = new byte[65_536];
        int count;
        while ((count = await socket.ReceiveAsync(buffer, limit.Token)) > 0)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            if (words is not null && text.ToString().Contains(words, StringComparison.Ordinal))
            {
                return text.ToString();
            }
        }

        return words is null ? text.ToString() : throw new IOException($"the stream ended before {words}: {text}");
    }
}
