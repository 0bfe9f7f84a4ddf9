using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Http;

/// <summary>Requests byte by byte: what clients of all kinds send, and what attackers do.</summary>
public sealed class RawHttpTests
{
    private const string Head = "POST /v1/ping HTTP/1.1\r\nHost: x\r\n";
    private const string Slow =
        "{\"command\":\"/bin/sh\",\"args\":[\"-c\",\"sleep 0.5; echo done\"]}";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("nonsense\r\n\r\n", "400")]
    [InlineData("POST /v1/ping HTTP/9.9\r\nHost: x\r\n\r\n", "505")]
    [InlineData("POST /v1/ping HTTP/1.1\r\n\r\n", "400")]
    [InlineData(Head + "Host: y\r\n\r\n", "400")]
    [InlineData(Head + "Content-Length: x\r\n\r\n", "400")]
    [InlineData(Head + "Content-Length: -1\r\n\r\n", "400")]
    [InlineData(Head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "400")]
    [InlineData(Head + "Transfer-Encoding: gzip\r\n\r\n", "400")]
    [InlineData(Head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "200", "501", "400")]
    [InlineData(Head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "400")]
    [InlineData(Head + " folded: x\r\n\r\n", "400")]
    [InlineData(Head + "bad name: x\r\n\r\n", "400")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400", "505", "")]
    [InlineData("GET http://other/healthz HTTP/1.1\r\nHost: other\r\n\r\n", "200")]
    [InlineData("CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n", "404", "405", "400")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "404", "405")]
    [InlineData("POST /v1/ping HTTP/1.0\r\n\r\n", "400")]
    [InlineData("GET /healthz HTTP/1.0\r\n\r\n", "200")]
    [InlineData("\r\n\r\n" + Head + "Content-Length: 0\r\n\r\n", "200", "400")]
    public async Task What_is_no_request_is_refused_and_the_next_connection_served(string request, params string[] statuses)
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string answer = await ExchangeAsync(agent, request, finish: true);

        Assert.Contains(answer.StartsWith("HTTP/", StringComparison.Ordinal) ? answer.Split(' ')[1] : "", statuses);
        Assert.Equal(200, (await Curl.AskAsync(agent, "/healthz")).Status);
    }

    [Fact]
    public async Task A_host_that_has_finished_sending_gets_its_answer()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string answer = await ExchangeAsync(agent, Post("exec_command", Slow), finish: true);

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("done", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(80)]
    public async Task One_that_has_not_finished_its_request_and_sends_no_more_gets_an_error_or_the_end(int missing)
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string request = Post("ping", "{}") + Post("exec_command", "{\"command\":\"/bin/true\"}");
        string answer = await ExchangeAsync(agent, request[..^missing], finish: true);

        string[] statuses = Statuses(answer);
        Assert.Equal("200", statuses[0]);
        Assert.Contains(string.Join(' ', statuses[1..]), missing == 0 ? ["200"] : (string[])["400", ""]);
    }

    [Fact]
    public async Task A_host_that_reads_nothing_for_a_while_gets_all_events()
    {
        const int Lines = 200_000;
        await using RunningAgent agent = await HttpAgent.StartAsync();
        using Socket socket = await ConnectAsync(agent);
        string body = $"{{\"command\":\"/usr/bin/seq\",\"args\":[\"{Lines}\"]}}";
        // Of HTTP/1.0, whose answers have no chunks.
        string request = Post("exec_command", body, "Accept: Application/X-NDJSON\r\n").Replace("/1.1", "/1.0", StringComparison.Ordinal);
        await socket.SendAsync(Encoding.UTF8.GetBytes(request), Token);

        // Longer than servers have patience by default, five seconds and their next look: what is shown is that nothing happens.
        await Task.Delay(TimeSpan.FromSeconds(8), Token);
        string answer = await ReadAsync(socket);

        string output = string.Concat(answer.Split('\n').Where(line => line.StartsWith("{\"exec_output\"", StringComparison.Ordinal))
            .Select(line => Encoding.UTF8.GetString(Convert.FromBase64String((string)JsonNode.Parse(line)!["exec_output"]!["data"]!))));
        Assert.Equal(string.Concat(Enumerable.Range(1, Lines).Select(i => $"{i}\n")), output);
    }

    [Fact]
    public async Task A_host_that_is_gone_has_its_command_ended()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        using (Socket socket = await ConnectAsync(agent))
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(Post("exec_command", "{\"command\":\"/bin/sleep\",\"args\":[\"60\"]}")), Token);
            await Bounded.UntilAsync(() => agent.Facts.Children.Count == 1, () => "the command");
        }

        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 0, () => "the end of the command");
    }

    [Fact]
    public async Task Requests_in_one_write_are_answered_in_their_order()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        string answer = await ExchangeAsync(
            agent, Post("exec_command", Slow) + Post("ping", "{}") + Post("no_such", "") + Post("ping", "", "Connection: close\r\n"));

        Assert.Equal(["200", "200", "404", "200"], Statuses(answer));
        Assert.True(answer.IndexOf("done", StringComparison.Ordinal) < answer.IndexOf("pong", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_that_comes_byte_by_byte_is_one()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        using Socket socket = await ConnectAsync(agent);
        foreach (byte single in Encoding.ASCII.GetBytes(Post("ping", "{ }", "Connection: close\r\n")))
        {
            await socket.SendAsync(new[] { single }, Token);
        }

        Assert.Equal(["200"], Statuses(await ReadAsync(socket)));
    }

    [Fact]
    public async Task A_refused_body_that_is_still_coming_does_not_hide_the_answer()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync(new JsonObject { ["max_message_bytes"] = 65_536 });
        using Socket socket = await ConnectAsync(agent);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"{Head}Content-Length: 10000000\r\n\r\n{new string(' ', 100_000)}"), Token);

        Assert.Equal("413", Statuses(await ReadUntilAsync(socket, "max_message_bytes"))[0]);
    }

    [Fact]
    public async Task Many_connections_are_served_at_once_and_leave_nothing()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync();
        int before = agent.Facts.Descriptors;
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ =>
            ExchangeAsync(agent, Post("exec_command", Slow, "Connection: close\r\n"))));

        Assert.All(answers, answer => Assert.Equal(["200"], Statuses(answer)));
        await Bounded.UntilAsync(() => agent.Facts.Descriptors <= before + 3, () => $"{before} descriptors, now {agent.Facts.Descriptors}");
    }

    [Fact]
    public async Task A_host_that_asks_too_fast_is_told_when_to_come_back()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync(new JsonObject { ["max_requests_per_second"] = 1 });
        string answers = await ExchangeAsync(
            agent, Post("get_agent_info", "") + Post("get_agent_info", "") + Post("get_agent_info", "", "Connection: close\r\n"));

        Assert.Contains("429", Statuses(answers));
        Assert.Contains("\r\nRetry-After: 1\r\n", answers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_stops_answers_what_is_under_way()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync(new JsonObject { ["drain_seconds"] = 30 });
        using Socket busy = await ConnectAsync(agent);
        using Socket idle = await ConnectAsync(agent);
        await busy.SendAsync(Encoding.UTF8.GetBytes(Post("exec_command", Slow)), Token);
        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 1, () => "the command");

        Task<int> stopping = agent.StopAsync();

        Assert.Contains("done", await ReadAsync(busy), StringComparison.Ordinal);
        Assert.Equal("", await ReadAsync(idle));
        Assert.Equal(0, await stopping);
    }

    [Fact]
    public async Task An_agent_that_stops_ends_what_takes_too_long_and_says_so()
    {
        await using RunningAgent agent = await HttpAgent.StartAsync(
            new JsonObject { ["drain_seconds"] = 0.3, ["kill_grace_seconds"] = 0.3 });
        using Socket busy = await ConnectAsync(agent);
        await busy.SendAsync(
            Encoding.UTF8.GetBytes(Post("exec_command", """{"command":"/bin/sh","args":["-c","exec sleep 600"]}""")), Token);
        await Bounded.UntilAsync(() => agent.Facts.Children.Count == 1, () => "the command");

        Task<int> stopping = agent.StopAsync();

        string answer = await ReadAsync(busy);
        Assert.Equal(["503"], Statuses(answer));
        Assert.Contains("\"code\":-32009", answer, StringComparison.Ordinal);
        Assert.Equal(0, await stopping);
    }

    private static string Post(string operation, string body, string headers = "") =>
        $"POST /v1/{operation} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    private static string[] Statuses(string answers) =>
        [.. answers.Split("HTTP/1.1 ", StringSplitOptions.RemoveEmptyEntries).Select(answer => answer[..3])];

    private static async Task<Socket> ConnectAsync(RunningAgent agent)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(agent.SocketPath), Token);
        return socket;
    }

    private static async Task<string> ExchangeAsync(RunningAgent agent, string request, bool finish = false)
    {
        using Socket socket = await ConnectAsync(agent);
        await socket.SendAsync(Encoding.UTF8.GetBytes(request), Token);
        if (finish)
        {
            socket.Shutdown(SocketShutdown.Send);
        }

        return await ReadAsync(socket);
    }

    private static Task<string> ReadAsync(Socket socket) => ReadUntilAsync(socket, null);

    // To the end, or to a word.
    private static async Task<string> ReadUntilAsync(Socket socket, string? word)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TestTimeouts.Answer);
        var text = new StringBuilder();
        byte[] buffer = new byte[65_536];
        int count;
        while ((count = await socket.ReceiveAsync(buffer, limit.Token)) > 0)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            if (word is not null && text.ToString().Contains(word, StringComparison.Ordinal))
            {
                break;
            }
        }

        return text.ToString();
    }
}
