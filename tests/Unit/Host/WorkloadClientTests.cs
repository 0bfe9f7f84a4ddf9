using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using GuestAgent.Host;
using GuestAgent.Host.Workloads;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

/// <summary>The host's side of the workload dialect, against guests that behave and guests that do not.</summary>
public sealed class WorkloadClientTests : IDisposable
{
    private const string Log = """{"type":"log","line":"a line"}""";
    private const string Result = """{"type":"result","response":{"exit_code":0,"output":"out"}}""";

    private readonly TemporaryDirectory _directory = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public WorkloadClientTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_directory["guest"]));
        _listener.Listen();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _listener.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task The_request_is_one_frame_with_the_members_that_were_given()
    {
        (WorkloadClient client, Socket guest) = await DialAsync();
        await using WorkloadClient own = client;
        using Socket peer = guest;
        await client.SendAsync(
            new WorkloadRequest("python")
            {
                Code = "print(1)",
                Input = "in"u8.ToArray(),
                Environment = new Dictionary<string, string> { ["A"] = "b" },
                Timeout = TimeSpan.FromSeconds(1.5),
            },
            Token);

        Assert.Equal(
            """{"runtime":"python","code":"print(1)","input":"aW4=","env":{"A":"b"},"timeout_s":2,"features":["streams","details","cancel"]}""",
            await ReceiveAsync(guest));
    }

    [Theory]
    [InlineData(null, """{"runtime":"sh","code":"x","timeout_s":0,"features":["streams","details","cancel","unlimited"]}""")]
    [InlineData(-1, """{"runtime":"sh","code":"x","timeout_s":-1,"features":["streams","details","cancel","unlimited"]}""")]
    public async Task Without_a_limit_of_its_own_the_guest_decides_and_none_at_all_is_asked_for(int? milliseconds, string wire)
    {
        (WorkloadClient client, Socket guest) = await DialAsync();
        await using WorkloadClient own = client;
        using Socket peer = guest;
        TimeSpan? limit = milliseconds is { } time ? TimeSpan.FromMilliseconds(time) : null;
        await client.SendAsync(new WorkloadRequest("sh") { Code = "x", Timeout = limit }, Token);
        Assert.Equal(wire, await ReceiveAsync(guest));
    }

    [Fact]
    public async Task The_request_is_handed_to_the_transport_in_one_piece()
    {
        var transport = new Writes();
        await using var client = WorkloadClient.Over(transport);
        await client.SendAsync(new WorkloadRequest("sh") { Code = new string('x', 1 << 20) }, Token);

        byte[] frame = Assert.Single(transport.Pieces);
        Assert.Equal(frame.Length - 4, BinaryPrimitives.ReadInt32BigEndian(frame));
    }

    [Fact]
    public async Task Lines_and_the_result_of_a_guest_that_knows_no_more_are_read()
    {
        (WorkloadClient client, Socket guest) = await DialAsync();
        await using WorkloadClient own = client;
        using Socket peer = guest;
        await SendAsync(guest, Log, Log, Log, Log, Log, """{"type":"result","response":{"exit_code":3,"output":"o","error":"e"}}""");
        List<string> lines = [];
        WorkloadResult result = await client.RunAsync(new WorkloadRequest("sh"), log => lines.Add(log.Line), Token).InTime();

        Assert.Equal(Enumerable.Repeat("a line", 5), lines);
        Assert.Equal(new WorkloadResult(3, "o", "e", null, null, null, null), result);
    }

    [Fact]
    public async Task The_first_frame_may_come_together_with_the_answer_of_the_VMM()
    {
        byte[] frames = [.. Frame(Log), .. Frame(Result)];
        await using var vmm = new HybridVsock(_directory["v.sock"]) { SentWithOk = frames };
        vmm.Listen(1024, _directory["guest"]);
        await using WorkloadClient client = await WorkloadClient.DialAsync($"hybrid://{vmm.Path}:1024", null, Token).InTime();

        Assert.Equal("out", (await client.ReceiveResultAsync(Token).InTime()).Output);
    }

    [Fact]
    public async Task A_connection_that_ends_in_the_middle_gives_the_lines_so_far()
    {
        (WorkloadClient client, Socket guest) = await DialAsync();
        await using WorkloadClient own = client;
        await SendAsync(guest, Log, Log);
        await guest.SendAsync(Frame(Result).AsMemory(0, 20), Token);
        guest.Dispose();

        WorkloadException failure = await FailAsync(client);
        Assert.Equal(WorkloadFailure.Lost, failure.Reason);
        Assert.Equal(["a line", "a line"], failure.Logs.Select(log => log.Line));
    }

    [Theory]
    [InlineData("""{"type":"result"}""", WorkloadFailure.NoResponse)]
    [InlineData("""{"type":"result","response":null}""", WorkloadFailure.NoResponse)]
    [InlineData("""{"type":"surprise"}""", WorkloadFailure.UnknownType)]
    [InlineData("""{"type":"log"}""", WorkloadFailure.Malformed)]
    [InlineData("""{"type":7}""", WorkloadFailure.Malformed)]
    [InlineData("null", WorkloadFailure.Malformed)]
    [InlineData("{}", WorkloadFailure.Malformed)]
    [InlineData("", WorkloadFailure.Malformed)]
    [InlineData("{\"type\":\"log\",\"line\":\"\\ud800\"}", WorkloadFailure.Malformed)]
    [InlineData("not JSON", WorkloadFailure.Malformed)]
    public async Task A_message_that_is_none_is_an_error_with_its_bytes(string message, WorkloadFailure reason)
    {
        (WorkloadClient client, Socket guest) = await DialAsync();
        await using WorkloadClient own = client;
        using Socket peer = guest;
        await SendAsync(guest, Log, message);

        WorkloadException failure = await FailAsync(client);
        Assert.Equal(reason, failure.Reason);
        Assert.Equal(message, Encoding.UTF8.GetString(failure.Raw.Span));
        Assert.Single(failure.Logs);
    }

    [Fact]
    public async Task A_length_beyond_the_limit_is_an_error_that_names_both_numbers()
    {
        (WorkloadClient client, Socket guest) = await DialAsync();
        await using WorkloadClient own = client;
        using Socket peer = guest;
        await guest.SendAsync(new byte[] { 1, 0, 0, 1 }, Token);

        WorkloadException failure = await FailAsync(client);
        Assert.Equal(WorkloadFailure.TooLong, failure.Reason);
        Assert.Contains("16777217", failure.Message, StringComparison.Ordinal);
        Assert.Contains("16777216", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_of_another_dialect_is_told()
    {
        (WorkloadClient client, Socket guest) = await DialAsync();
        await using WorkloadClient own = client;
        using Socket peer = guest;
        await guest.SendAsync("""{"jsonrpc":"2.0","method":"agent_ready"}"""u8.ToArray(), Token);

        WorkloadException failure = await FailAsync(client);
        Assert.Equal(WorkloadFailure.Malformed, failure.Reason);
        Assert.Contains("another dialect", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_beyond_the_limit_is_not_sent()
    {
        (WorkloadClient client, Socket guest) = await DialAsync();
        await using WorkloadClient own = client;
        using Socket peer = guest;

        await Assert.ThrowsAsync<ArgumentException>(
            () => client.SendAsync(new WorkloadRequest("sh") { Code = new string('x', 17 * 1024 * 1024) }, Token));
    }

    [Fact]
    public async Task A_deadline_ends_the_wait_for_a_guest_that_says_nothing()
    {
        (WorkloadClient client, Socket guest) = await DialAsync();
        await using WorkloadClient own = client;
        using Socket peer = guest;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.RunAsync(new WorkloadRequest("sh"), null, deadline.Token).InTime());
    }

    private static byte[] Frame(string message)
    {
        byte[] payload = Encoding.UTF8.GetBytes(message);
        byte[] frame = new byte[4 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length);
        payload.CopyTo(frame, 4);
        return frame;
    }

    private static async Task SendAsync(Socket guest, params string[] messages)
    {
        foreach (string message in messages)
        {
            await guest.SendAsync(Frame(message), Token);
        }
    }

    private static async Task<string> ReceiveAsync(Socket guest)
    {
        byte[] buffer = new byte[4096];
        int have = 0;
        while (have < 4 || have < 4 + BinaryPrimitives.ReadInt32BigEndian(buffer))
        {
            int count = await guest.ReceiveAsync(buffer.AsMemory(have), Token).InTime();
            Assert.NotEqual(0, count);
            have += count;
        }

        return Encoding.UTF8.GetString(buffer, 4, have - 4);
    }

    private static Task<WorkloadException> FailAsync(WorkloadClient client) =>
        Assert.ThrowsAsync<WorkloadException>(() => client.ReceiveResultAsync(Token).InTime());

    private async Task<(WorkloadClient Client, Socket Guest)> DialAsync()
    {
        WorkloadClient client = await WorkloadClient.DialAsync(GuestEndpoint.Unix(_directory["guest"]), null, Token).InTime();
        return (client, await _listener.AcceptAsync(Token).AsTask().InTime());
    }

    private sealed class Writes : MemoryStream
    {
        public List<byte[]> Pieces { get; } = [];

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Pieces.Add(buffer.ToArray());
            return ValueTask.CompletedTask;
        }
    }
}
