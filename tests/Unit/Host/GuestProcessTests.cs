using System.Text;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Exec;
using GuestAgent.Errors;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class GuestProcessTests
{
    private const int Window = 4096;

    private readonly ScriptedAgent _agent = new();
    private readonly GuestClientOptions _options = new() { OutputWindowBytes = Window };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Output_comes_in_order_and_then_the_exit()
    {
        await using GuestClient client = await _agent.AttachAsync(_options);
        await using GuestProcess process = await client.StartAsync(new("x"), Token);
        ScriptedCall exec = await _agent.ReceiveAsync("exec_command");
        Assert.True(exec.Params.GetProperty("stream").GetBoolean());
        Assert.Equal(Window, exec.Params.GetProperty("window_bytes").GetInt32());
        await _agent.SendOutputAsync(exec, "stdout", 0, "ab"u8.ToArray());
        await _agent.SendOutputAsync(exec, "stderr", 0, "E"u8.ToArray());
        await _agent.SendOutputAsync(exec, "stdout", 2, "c"u8.ToArray());
        await _agent.AnswerAsync(exec, ScriptedAgent.Exit(5, 3, 1));
        Assert.Equal("out@0:ab err@0:E out@2:c", await ReadAllAsync(process));
        CommandExit exit = await process.Completion.InTime();
        Assert.Equal((5, false, false), (exit.ExitCode, exit.OutputTruncated, exit.ErrorTruncated));
    }

    [Fact]
    public async Task Output_that_never_came_counts_as_truncated()
    {
        (GuestProcess process, ScriptedCall exec) = await StartAsync();
        await _agent.SendOutputAsync(exec, "stdout", 0, "ab"u8.ToArray());
        await _agent.AnswerAsync(exec, ScriptedAgent.Exit(0, 100));
        CommandExit exit = await process.Completion.InTime();
        Assert.Equal((100L, true, false), (exit.OutputBytes, exit.OutputTruncated, exit.ErrorTruncated));
    }

    [Fact]
    public async Task Credit_is_granted_as_the_output_is_taken()
    {
        (GuestProcess process, ScriptedCall exec) = await StartAsync();
        await _agent.SendOutputAsync(exec, "stdout", 0, new byte[Window]);
        await using IAsyncEnumerator<OutputChunk> output = process.ReadOutputAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await output.MoveNextAsync().InTime());
        ScriptedCall credit = await _agent.ReceiveAsync("exec_credit");
        Assert.Null(credit.Id);
        Assert.Equal(exec.Id, credit.Params.GetProperty("id").GetRawText());
        Assert.Equal(Window, credit.Params.GetProperty("bytes").GetInt32());
        await _agent.SendOutputAsync(exec, "stdout", Window, new byte[Window]);
        Assert.True(await output.MoveNextAsync().InTime());
        await _agent.AnswerAsync(exec, ScriptedAgent.Exit(0, 2 * Window));
        Assert.False(await output.MoveNextAsync().InTime());
    }

    [Fact]
    public async Task A_consumer_that_takes_nothing_holds_back_neither_the_reader_nor_other_calls()
    {
        await using GuestClient client = await _agent.AttachAsync(_options);
        await using GuestProcess process = await client.StartAsync(new("x"), Token);
        ScriptedCall exec = await _agent.ReceiveAsync("exec_command");
        await _agent.SendOutputAsync(exec, "stdout", 0, new byte[Window]);
        Task<PingResult> pinging = client.PingAsync(Token);
        await _agent.AnswerAsync(await _agent.ReceiveAsync("ping"), """{"pong":true,"timestamp":1}""");
        await pinging.InTime();
        Assert.False(process.Completion.IsCompleted);
    }

    [Theory]
    [InlineData("stdout", 1, 1)]
    [InlineData("stderr", -1, 1)]
    [InlineData("stdout", 0, Window + 1)]
    public async Task A_gap_an_overlap_or_more_than_was_granted_is_a_violation(string stream, long offset, int bytes)
    {
        (GuestProcess process, ScriptedCall exec) = await StartAsync();
        await _agent.SendOutputAsync(exec, stream, offset, new byte[bytes]);
        GuestConnectionException e =
            await Assert.ThrowsAsync<GuestConnectionException>(() => process.Completion.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
    }

    [Fact]
    public async Task Bytes_sent_twice_are_a_violation()
    {
        (GuestProcess process, ScriptedCall exec) = await StartAsync();
        await _agent.SendOutputAsync(exec, "stdout", 0, "ab"u8.ToArray());
        await _agent.SendOutputAsync(exec, "stdout", 1, "bc"u8.ToArray());
        await Assert.ThrowsAsync<GuestConnectionException>(() => process.Completion.InTime());
        var pieces = new List<OutputChunk>();
        await Assert.ThrowsAsync<GuestConnectionException>(async () =>
        {
            await foreach (OutputChunk chunk in process.ReadOutputAsync(Token))
            {
                pieces.Add(chunk);
            }
        });
        Assert.Equal("ab"u8.ToArray(), Assert.Single(pieces).Data.ToArray());
    }

    [Fact]
    public async Task Single_bytes_are_kept_together()
    {
        (GuestProcess process, ScriptedCall exec) = await StartAsync();
        for (int i = 0; i < 1000; i++)
        {
            await _agent.SendOutputAsync(exec, "stderr", i, [(byte)'x']);
        }

        await _agent.AnswerAsync(exec, ScriptedAgent.Exit(0, 0, 1000));
        await process.Completion.InTime();
        Assert.Equal("err@0:" + new string('x', 1000), await ReadAllAsync(process));
    }

    [Fact]
    public async Task Empty_pieces_cost_nothing()
    {
        (GuestProcess process, ScriptedCall exec) = await StartAsync();
        for (int i = 0; i < 1000; i++)
        {
            await _agent.SendOutputAsync(exec, "stdout", 0, []);
        }

        await _agent.AnswerAsync(exec, ScriptedAgent.Exit());
        Assert.Equal("", await ReadAllAsync(process));
    }

    [Fact]
    public async Task Output_after_the_exit_is_ignored()
    {
        (GuestProcess process, ScriptedCall exec) = await StartAsync();
        await _agent.AnswerAsync(exec, ScriptedAgent.Exit());
        await process.Completion.InTime();
        await _agent.SendOutputAsync(exec, "stdout", 77, new byte[2 * Window]);
        Assert.Equal("", await ReadAllAsync(process));
    }

    [Fact]
    public async Task Leaving_the_loop_and_reading_again_loses_nothing()
    {
        (GuestProcess process, ScriptedCall exec) = await StartAsync();
        await _agent.SendOutputAsync(exec, "stdout", 0, "a"u8.ToArray());
        await _agent.SendOutputAsync(exec, "stderr", 0, "b"u8.ToArray());
        await _agent.SendOutputAsync(exec, "stdout", 1, "c"u8.ToArray());
        await _agent.AnswerAsync(exec, ScriptedAgent.Exit(0, 2, 1));
        await process.Completion.InTime();
        await foreach (OutputChunk chunk in process.ReadOutputAsync(Token))
        {
            Assert.Equal("a"u8.ToArray(), chunk.Data.ToArray());
            break;
        }

        Assert.Equal("err@0:b out@1:c", await ReadAllAsync(process));
    }

    [Fact]
    public async Task Only_one_reads_at_a_time()
    {
        (GuestProcess process, _) = await StartAsync();
        await using IAsyncEnumerator<OutputChunk> first = process.ReadOutputAsync(Token).GetAsyncEnumerator(Token);
        Task<bool> waiting = first.MoveNextAsync().AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAllAsync(process));
        Assert.False(waiting.IsCompleted);
        await process.DisposeAsync().InTime();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.InTime());
    }

    [Fact]
    public async Task Cancelling_the_token_abandons_the_command_at_once()
    {
        await using GuestClient client = await _agent.AttachAsync(_options);
        using var giveUp = new CancellationTokenSource();
        await using GuestProcess process = await client.StartAsync(new("x"), giveUp.Token);
        ScriptedCall exec = await _agent.ReceiveAsync("exec_command");
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => process.Completion.InTime());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAllAsync(process));
        Assert.Equal(exec.Id, (await _agent.ReceiveAsync("cancel")).Params.GetProperty("id").GetRawText());
        await _agent.SendOutputAsync(exec, "stdout", 5, [1]);
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task Asking_the_guest_to_cancel_waits_for_its_answer()
    {
        (GuestProcess process, ScriptedCall exec) = await StartAsync();
        await process.CancelAsync().InTime();
        Assert.Equal(exec.Id, (await _agent.ReceiveAsync("cancel")).Params.GetProperty("id").GetRawText());
        await _agent.SendOutputAsync(exec, "stdout", 0, "last words"u8.ToArray());
        await _agent.RefuseAsync(exec, -32005, "Cancelled.", ScriptedAgent.Exit(-1, 10));
        GuestCommandException e = await Assert.ThrowsAsync<GuestCommandException>(() => process.Completion.InTime());
        Assert.Equal(ErrorCode.Cancelled, e.Code);
        Assert.Equal(10, e.PartialResult!.Exit.OutputBytes);
    }

    [Fact]
    public async Task Disposing_cancels_in_the_guest()
    {
        (GuestProcess process, ScriptedCall exec) = await StartAsync();
        await process.DisposeAsync().InTime();
        await process.DisposeAsync().InTime();
        Assert.True(process.Completion.IsCanceled);
        Assert.Equal(exec.Id, (await _agent.ReceiveAsync("cancel")).Params.GetProperty("id").GetRawText());
    }

    [Fact]
    public async Task The_deadline_stands_still_while_the_guest_waits_for_a_slow_reader()
    {
        var clock = new WatchedClock();
        GuestClientOptions options =
            _options with { TimeProvider = clock, HeartbeatInterval = Timeout.InfiniteTimeSpan };
        await using GuestClient client = await _agent.AttachAsync(options);
        await using GuestProcess process =
            await client.StartAsync(new("x") { Timeout = TimeSpan.FromSeconds(1) }, Token);
        ScriptedCall exec = await _agent.ReceiveAsync("exec_command");
        await _agent.SendOutputAsync(exec, "stdout", 0, new byte[Window]);
        Task<PingResult> pinging = client.PingAsync(Token);
        await _agent.AnswerAsync(await _agent.ReceiveAsync("ping"), """{"pong":true,"timestamp":1}""");
        await pinging.InTime();
        TimeSpan limit = TimeSpan.FromSeconds(1) + options.CallMargin;
        await clock.WaitForTimerAsync(limit);
        clock.Advance(limit);
        await clock.WaitForTimerAsync(options.HeartbeatDeadline);
        Assert.False(process.Completion.IsCompleted);

        // Read at last: the agent gets the time to answer, once.
        await using IAsyncEnumerator<OutputChunk> output = process.ReadOutputAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await output.MoveNextAsync().InTime());
        clock.Advance(options.HeartbeatDeadline);
        await clock.WaitForTimerAsync(options.HeartbeatDeadline);
        clock.Advance(options.HeartbeatDeadline);
        await Assert.ThrowsAsync<GuestCallTimeoutException>(() => process.Completion.InTime());
    }

    [Fact]
    public async Task A_signal_is_sent()
    {
        (GuestProcess process, ScriptedCall exec) = await StartAsync();
        Task signalling = process.SignalAsync(15, wholeGroup: false, Token);
        ScriptedCall signal = await _agent.ReceiveAsync("exec_signal");
        Assert.Equal(
            (exec.Id, 15, false),
            (signal.Params.GetProperty("id").GetRawText(),
                signal.Params.GetProperty("signal").GetInt32(),
                signal.Params.GetProperty("group").GetBoolean()));
        await _agent.AnswerAsync(signal, """{"sent":true}""");
        await signalling.InTime();
    }

    private static async Task<string> ReadAllAsync(GuestProcess process)
    {
        var pieces = new List<string>();
        await foreach (OutputChunk chunk in process.ReadOutputAsync(Token))
        {
            string stream = chunk.Stream == OutputChannel.Stdout ? "out" : "err";
            pieces.Add($"{stream}@{chunk.Offset}:{Encoding.UTF8.GetString(chunk.Data.Span)}");
        }

        return string.Join(' ', pieces);
    }

    private async Task<(GuestProcess Process, ScriptedCall Exec)> StartAsync()
    {
        GuestClient client = await _agent.AttachAsync(_options);
        GuestProcess process = await client.StartAsync(new("x"), Token);
        return (process, await _agent.ReceiveAsync("exec_command"));
    }
}
