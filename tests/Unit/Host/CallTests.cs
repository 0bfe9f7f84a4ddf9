using System.Text.Json;
using GuestAgent.Contracts.Agent;
using GuestAgent.Errors;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class CallTests
{
    private readonly ScriptedAgent _agent = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_is_answered_with_its_typed_result()
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        await _agent.AnswerAsync(await _agent.ReceiveAsync("ping"), """{"pong":true,"timestamp":7,"mood":"good"}""");
        Assert.Equal(new PingResult(true, 7), await pinging.InTime());
    }

    [Fact]
    public async Task Calls_are_answered_in_any_order()
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult>[] pings = [.. Enumerable.Range(0, 20).Select(_ => client.PingAsync(Token))];
        var calls = new List<ScriptedCall>();
        foreach (Task<PingResult> _ in pings)
        {
            calls.Add(await _agent.ReceiveAsync("ping"));
        }

        for (int i = pings.Length - 1; i >= 0; i--)
        {
            await _agent.AnswerAsync(calls[i], $$"""{"pong":true,"timestamp":{{i}}}""");
        }

        for (int i = 0; i < pings.Length; i++)
        {
            Assert.Equal(i, (await pings[i].InTime()).Timestamp);
        }
    }

    [Fact]
    public async Task Many_tasks_share_one_connection()
    {
        const int Callers = 16;
        const int CallsEach = 50;
        await using GuestClient client = await _agent.AttachAsync();
        Task serving = Task.Run(
            async () =>
            {
                for (int i = 0; i < Callers * CallsEach; i++)
                {
                    ScriptedCall call = await _agent.ReceiveAsync();
                    await _agent.AnswerAsync(call, call.Params.GetRawText());
                }
            },
            Token);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(
            async () =>
            {
                for (int i = 0; i < CallsEach; i++)
                {
                    JsonElement sent = JsonElement.Parse($$"""{"caller":{{caller}},"call":{{i}}}""");
                    JsonElement echoed = await client.CallAsync("echo", sent, cancellationToken: Token);
                    Assert.True(JsonElement.DeepEquals(sent, echoed));
                }
            },
            Token))).InTime();
        await serving.InTime();
    }

    [Fact]
    public async Task A_raw_call_goes_out_on_one_line_whatever_its_layout()
    {
        await using GuestClient client = await _agent.AttachAsync();
        JsonElement parameters = JsonElement.Parse("{\n  \"text\": \"a\\nb\",\r\n  \"list\": [\n1]\n}");
        Task<JsonElement> calling = client.CallAsync("anything", parameters, cancellationToken: Token);
        ScriptedCall call = await _agent.ReceiveAsync("anything");
        Assert.True(JsonElement.DeepEquals(parameters, call.Params));
        await _agent.AnswerAsync(call, "[1,null]");
        Assert.Equal("[1,null]", (await calling.InTime()).GetRawText());
    }

    [Fact]
    public async Task A_raw_call_without_parameters_sends_an_empty_object()
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<JsonElement> calling = client.CallAsync("anything", cancellationToken: Token);
        ScriptedCall call = await _agent.ReceiveAsync("anything");
        Assert.Equal("{}", call.Params.GetRawText());
        await _agent.AnswerAsync(call, "null");
        Assert.Equal(JsonValueKind.Null, (await calling.InTime()).ValueKind);
    }

    [Fact]
    public async Task An_error_carries_code_sentence_and_detail()
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        await _agent.RefuseAsync(
            await _agent.ReceiveAsync(), -32004, "Too many.", """{"rule":"limits.max","limit":64,"later":true}""");
        GuestAgentException e = await Assert.ThrowsAsync<GuestAgentException>(() => pinging.InTime());
        Assert.Equal(
            (ErrorCode.Busy, "Too many.", "limits.max", 64L),
            (e.Code!.Value, e.Message, e.Detail!.Rule!, e.Detail.Limit!.Value));
        Assert.Equal((true, null), (e.IsBusy, e.RetryAfter));
        Assert.False(client.Closed.IsCompleted);
    }

    [Theory]
    [InlineData(-32004, "250", true, 250)]
    [InlineData(-32004, "-1", true, 0)]
    [InlineData(-32004, "9223372036854775807", true, 3_600_000)]
    [InlineData(-32000, "250", false, 250)]
    public async Task A_refusal_that_says_when_to_try_again_is_not_repeated_by_itself(int number, string after, bool isBusy, int milliseconds)
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        await _agent.RefuseAsync(await _agent.ReceiveAsync(), number, "Later.", $$"""{"retry_after_ms":{{after}}}""");
        GuestAgentException e = await Assert.ThrowsAsync<GuestAgentException>(() => pinging.InTime());
        Assert.Equal((isBusy, TimeSpan.FromMilliseconds(milliseconds)), (e.IsBusy, e.RetryAfter));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("""{"rule":17}""")]
    public async Task An_error_of_an_unknown_number_or_odd_detail_is_still_an_error(string data)
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        await _agent.RefuseAsync(await _agent.ReceiveAsync(), 42, "Odd.", data);
        GuestAgentException e = await Assert.ThrowsAsync<GuestAgentException>(() => pinging.InTime());
        Assert.Null(e.Code);
        Assert.Equal(42, e.Number);
        Assert.Null(e.Detail);
    }

    [Fact]
    public async Task A_request_that_the_agent_would_refuse_for_its_length_is_not_sent()
    {
        await using GuestClient client = await _agent.AttachAsync();
        JsonElement big = JsonElement.Parse($$"""{"text":"{{new string('x', 1024 * 1024)}}"}""");
        GuestAgentException e = await Assert.ThrowsAsync<GuestAgentException>(
            () => client.CallAsync("anything", big, cancellationToken: Token).InTime());
        Assert.Equal(ErrorCode.TooLarge, e.Code);
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_call_that_is_not_answered_in_time_fails_and_is_cancelled_in_the_guest()
    {
        var clock = new WatchedClock();
        var options = new GuestClientOptions { TimeProvider = clock, HeartbeatInterval = Timeout.InfiniteTimeSpan };
        await using GuestClient client = await _agent.AttachAsync(options);
        Task<PingResult> pinging = client.PingAsync(Token);
        ScriptedCall call = await _agent.ReceiveAsync("ping");
        TimeSpan limit = Ping.Contract.Deadline!.Value + options.CallMargin;
        await clock.WaitForTimerAsync(limit);
        clock.Advance(limit);
        GuestCallTimeoutException e = await Assert.ThrowsAsync<GuestCallTimeoutException>(() => pinging.InTime());
        Assert.Equal(("ping", limit), (e.Method, e.Waited));
        Assert.Equal(call.Id, (await _agent.ReceiveAsync("cancel")).Params.GetProperty("id").GetRawText());
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_cancelled_call_ends_at_once_tells_the_guest_and_ignores_the_late_reply()
    {
        await using GuestClient client = await _agent.AttachAsync();
        using var giveUp = new CancellationTokenSource();
        Task<PingResult> pinging = client.PingAsync(giveUp.Token);
        ScriptedCall call = await _agent.ReceiveAsync("ping");
        await giveUp.CancelAsync();
        OperationCanceledException e =
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pinging.InTime());
        Assert.Equal(giveUp.Token, e.CancellationToken);
        ScriptedCall cancel = await _agent.ReceiveAsync("cancel");
        Assert.Null(cancel.Id);
        Assert.Equal(call.Id, cancel.Params.GetProperty("id").GetRawText());
        await _agent.AnswerAsync(call, """{"pong":true,"timestamp":1}""");

        Task<PingResult> again = client.PingAsync(Token);
        await _agent.AnswerAsync(await _agent.ReceiveAsync("ping"), """{"pong":true,"timestamp":2}""");
        Assert.Equal(2, (await again.InTime()).Timestamp);
    }

    [Fact]
    public async Task A_call_cancelled_before_it_is_sent_never_reaches_the_guest()
    {
        await using GuestClient client = await _agent.AttachAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.PingAsync(new CancellationToken(true)));
        Task<JsonElement> next = client.CallAsync("next", cancellationToken: Token);
        await _agent.AnswerAsync(await _agent.ReceiveAsync("next"), "1");
        await next.InTime();
    }
}
