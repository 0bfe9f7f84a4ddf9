using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Integration.Http;

/// <summary>Files whose lines are told as they are written.</summary>
public sealed class LogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", 400)]
    [InlineData("?path=/etc/shadow", 403)]
    [InlineData("?path=TREE/none", 404)]
    [InlineData("?path=TREE", 409)]
    [InlineData("?path=TREE/log&from=middle", 400)]
    [InlineData("?path=TREE/log&more=1", 400)]
    public async Task A_log_that_cannot_be_read_is_refused(string query, int status)
    {
        await using RunningAgent agent = await StartAsync();
        Curl answer = await Curl.AskAsync(agent, "/v1/logs/stream" + query.Replace("TREE", agent.Directory["tree"], StringComparison.Ordinal));

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task Lines_come_as_they_are_written_and_from_the_start_where_that_is_said()
    {
        await using RunningAgent agent = await StartAsync();
        using LogStream all = await OpenAsync(agent, "&from=start");
        using LogStream news = await OpenAsync(agent, "");
        await all.NextAsync("first");
        await news.BegunAsync();
        await File.AppendAllTextAsync(agent.Directory["tree/log"], "sec", Token);
        await File.AppendAllTextAsync(agent.Directory["tree/log"], "ond\r\nthird ü\n", Token);

        JsonNode line = await news.NextAsync("second");
        Assert.Equal(["stream", "line", "timestamp"], line.AsObject().Select(member => member.Key));
        Assert.Equal(agent.Directory["tree/log"], (string?)line["stream"]);
        TimeSpan age = TimeProvider.System.GetUtcNow() - DateTimeOffset.Parse((string)line["timestamp"]!, null);
        Assert.InRange(age, TimeSpan.FromHours(-1), TimeSpan.FromHours(1));
        await news.NextAsync("third ü");
        await all.NextAsync("second");
        await all.NextAsync("third ü");
    }

    [Fact]
    public async Task A_log_is_followed_over_its_rotation_and_loses_no_line()
    {
        await using RunningAgent agent = await StartAsync();
        using LogStream log = await OpenAsync(agent, "");
        await log.BegunAsync();
        string path = agent.Directory["tree/log"];
        File.Move(path, path + ".1");
        await File.AppendAllTextAsync(path + ".1", "late\nlast, without an end", Token);
        await log.NextAsync("late");
        await File.WriteAllTextAsync(path, "new\n", Token);

        await log.NextAsync("last, without an end");
        await log.NextAsync("new");
    }

    [Fact]
    public async Task A_log_that_is_cut_off_begins_anew()
    {
        await using RunningAgent agent = await StartAsync();
        using LogStream log = await OpenAsync(agent, "");
        await log.BegunAsync();
        string path = agent.Directory["tree/log"];
        await File.AppendAllTextAsync(path, "a line that is longer than the next\n", Token);
        await log.NextAsync("a line that is longer than the next");
        await File.WriteAllTextAsync(path, "short\n", Token);

        await log.NextAsync("short");
    }

    [Fact]
    public async Task A_host_that_leaves_has_the_file_closed()
    {
        await using RunningAgent agent = await StartAsync();
        using (LogStream log = await OpenAsync(agent, ""))
        {
            await log.BegunAsync();
            Assert.Contains(agent.Directory["tree/log"], agent.Facts.OpenFiles);
        }

        await Bounded.UntilAsync(() => !agent.Facts.OpenFiles.Contains(agent.Directory["tree/log"]), () => "the end of the log");
    }

    private static async Task<RunningAgent> StartAsync()
    {
        RunningAgent agent = await HttpAgent.StartAsync();
        await File.WriteAllTextAsync(agent.Directory["tree/log"], "first\n", Token);
        return agent;
    }

    private static async Task<LogStream> OpenAsync(RunningAgent agent, string query)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(agent.SocketPath), Token);
        // Of HTTP/1.0, whose answers have no chunks.
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"GET /v1/logs/stream?path={agent.Directory["tree/log"]}{query} HTTP/1.0\r\nHost: x\r\n\r\n"), Token);
        return new LogStream(socket);
    }

    private sealed class LogStream(Socket socket) : IDisposable
    {
        private readonly StreamReader _reader = new(new NetworkStream(socket, ownsSocket: true));

        public async Task BegunAsync() => await LineAsync(":");

        public async Task<JsonNode> NextAsync(string line)
        {
            JsonNode json = JsonNode.Parse((await LineAsync("data: "))["data: ".Length..])!;
            Assert.Equal(line, (string?)json["line"]);
            return json;
        }

        public void Dispose() => _reader.Dispose();

        private async Task<string> LineAsync(string start)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
            limit.CancelAfter(TestTimeouts.Answer);
            while (await _reader.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith(start, StringComparison.Ordinal))
                {
                    return line;
                }
            }

            throw new IOException("the stream has ended");
        }
    }
}
