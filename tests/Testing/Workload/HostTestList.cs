using System.Buffers.Binary;
using System.Text;
using GuestAgent.Host;
using GuestAgent.Host.Workloads;
using Xunit;

namespace GuestAgent.Tests.Workload;

/// <summary>
/// What a host of the workload system tests of its side, whatever is between it and the guest. Compiled into the tests on a
/// stand-in of the VMM and into those on a real VM.
/// </summary>
public abstract class HostTestList
{
    private const uint AgentPort = 1024;

    private const string Log = """{"type":"log","line":"a line"}""";
    private const string Result = """{"type":"result","response":{"exit_code":3,"output":"out"}}""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly GuestClientOptions Patient = new()
    {
        DialRetry = new DialRetry { Attempts = 200, LongestPause = TimeSpan.FromMilliseconds(200) },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Dialling_is_tried_again_until_it_succeeds()
    {
        var once = new GuestClientOptions { DialRetry = DialRetry.None };
        GuestConnectionException refused = await Assert.ThrowsAsync<GuestConnectionException>(
            () => WorkloadClient.DialAsync(Endpoint(3001), once, Token).WaitAsync(Limit, Token));
        Assert.Equal(ConnectionFailure.NotListening, refused.Reason);

        Task<WorkloadClient> dialling = WorkloadClient.DialAsync(Endpoint(3001), Patient, Token);
        await ServeAsync(3001, Frames(Result), isHeld: false);
        await using WorkloadClient client = await dialling.WaitAsync(Limit, Token);
        Assert.Equal(3, (await client.ReceiveResultAsync(Token).WaitAsync(Limit, Token)).ExitCode);
    }

    [Fact]
    public async Task A_request_goes_there_and_its_result_comes_back()
    {
        await using WorkloadClient client = await DialAsync(AgentPort);
        await client.SendAsync(
            new WorkloadRequest("sh")
            {
                Code = "cat; echo \"$GREETING from $0\"; exit 7",
                Input = "given\n"u8.ToArray(),
                Environment = new Dictionary<string, string> { ["GREETING"] = "hello" },
                Entrypoint = "src/run.sh",
            },
            Token);
        WorkloadResult result = await client.ReceiveResultAsync(Token).WaitAsync(Limit, Token);

        Assert.Equal((7, "given\nhello from src/run.sh\n", null), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task Five_lines_come_before_the_result()
    {
        await using WorkloadClient client = await DialAsync(AgentPort);
        List<string> lines = [];
        WorkloadResult result = await client
            .RunAsync(new WorkloadRequest("sh") { Code = "for i in 1 2 3 4 5; do echo line $i; done" }, log => lines.Add(log.Line), Token)
            .WaitAsync(Limit, Token);

        Assert.Equal(["line 1", "line 2", "line 3", "line 4", "line 5"], lines);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task A_deadline_ends_the_wait_for_the_result()
    {
        await using WorkloadClient client = await DialAsync(AgentPort);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task running = client.RunAsync(
            new WorkloadRequest("sh") { Code = "echo begun; exec sleep 1000" }, _ => deadline.CancelAfter(50), deadline.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Limit, Token));
    }

    [Fact]
    public async Task A_reset_in_the_middle_of_a_message_gives_an_error_with_the_lines_so_far()
    {
        await ServeAsync(3002, [.. Frames(Log, Log), .. Frames(Result)[..20]], isHeld: true);
        await using WorkloadClient client = await DialAsync(3002);
        var both = new TaskCompletionSource();
        int lines = 0;
        Task reading = client.StreamLogsAsync(
            _ =>
            {
                if (++lines == 2)
                {
                    both.SetResult();
                }
            },
            Token);
        await both.Task.WaitAsync(Limit, Token);
        await ResetAsync();

        WorkloadException failure = await Assert.ThrowsAsync<WorkloadException>(() => reading.WaitAsync(Limit, Token));
        Assert.Equal(WorkloadFailure.Lost, failure.Reason);
        Assert.Equal(["a line", "a line"], failure.Logs.Select(log => log.Line));
        Assert.Contains("before the result", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"result"}""", WorkloadFailure.NoResponse, 3003)]
    [InlineData("""{"type":"result","response":null}""", WorkloadFailure.NoResponse, 3004)]
    [InlineData("""{"type":"surprise"}""", WorkloadFailure.UnknownType, 3005)]
    public async Task A_message_that_is_none_is_an_error_with_its_bytes(string message, WorkloadFailure reason, uint port)
    {
        await ServeAsync(port, Frames(Log, message), isHeld: true);
        await using WorkloadClient client = await DialAsync(port);

        WorkloadException failure = await Assert.ThrowsAsync<WorkloadException>(
            () => client.ReceiveResultAsync(Token).WaitAsync(Limit, Token));
        Assert.Equal(reason, failure.Reason);
        Assert.Equal(message, Encoding.UTF8.GetString(failure.Raw.Span));
        Assert.Single(failure.Logs);
    }

    [Fact]
    public async Task A_guest_that_speaks_at_once_is_heard_from_its_first_byte()
    {
        await ServeAsync(3006, Frames(Log, Result), isHeld: false);
        await using WorkloadClient client = await DialAsync(3006);
        List<string> lines = [];
        await client.StreamLogsAsync(log => lines.Add(log.Line), Token).WaitAsync(Limit, Token);

        Assert.Equal(["a line"], lines);
        Assert.Equal("out", (await client.ReceiveResultAsync(Token)).Output);
    }

    /// <summary>Names a port of the guest.</summary>
    protected abstract string Endpoint(uint port);

    /// <summary>Has the guest say something to everybody who connects, and then end the connection or wait for its end.</summary>
    protected abstract Task ServeAsync(uint port, byte[] bytes, bool isHeld);

    /// <summary>Breaks every connection.</summary>
    protected abstract Task ResetAsync();

    private static byte[] Frames(params string[] messages) => [.. messages.SelectMany(Frame)];

    private static byte[] Frame(string message)
    {
        byte[] payload = Encoding.UTF8.GetBytes(message);
        byte[] frame = new byte[4 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length);
        payload.CopyTo(frame, 4);
        return frame;
    }

    private Task<WorkloadClient> DialAsync(uint port) =>
        WorkloadClient.DialAsync(Endpoint(port), Patient, Token).WaitAsync(Limit, Token);
}
