using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Files;
using GuestAgent.Contracts.Power;
using GuestAgent.Errors;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class ReconnectTests
{
    private const string Pong = """{"pong":true,"timestamp":1}""";

    private static readonly GuestClientOptions Quick = new()
    {
        Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(1) },
    };

    private readonly ScriptedGuest _guest = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_that_only_looks_is_sent_again_after_its_answer_was_lost()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        Task<PingResult> pinging = client.PingAsync(Token);
        ScriptedCall lost = await first.ReceiveAsync("ping");
        first.Close();
        ScriptedAgent second = await _guest.AcceptAsync();
        ScriptedCall repeated = await second.ReceiveAsync("ping");
        Assert.NotEqual(lost.Id, repeated.Id);
        await second.AnswerAsync(repeated, Pong);
        Assert.True((await pinging.InTime()).Pong);
    }

    [Fact]
    public async Task A_call_that_may_have_happened_fails_at_once_and_says_which_it_is()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        Task<FileDeleteResult> deleting = client.Files.DeleteAsync("/tmp/x", cancellationToken: Token);
        await first.ReceiveAsync("file_delete");
        first.Close();
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => deleting.InTime());
        Assert.Equal((ConnectionFailure.Lost, "file_delete", false), (e.Reason, e.Method, e.IsSafeToRepeat));
        Assert.Contains("file_delete was carried out in the guest is not known", e.Message, StringComparison.Ordinal);

        ScriptedAgent second = await _guest.AcceptAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        await second.AnswerAsync(await second.ReceiveAsync("ping"), Pong);
        await pinging.InTime();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_reconnecting_a_failed_call_says_whether_it_is_safe_to_repeat(bool looks)
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task calling = looks ? client.PingAsync(Token) : client.ExecuteAsync(new("true"), Token);
        await agent.ReceiveAsync();
        agent.Close();
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => calling.InTime());
        Assert.Equal(looks, e.IsSafeToRepeat);
        await client.Closed.InTime();
        e = await Assert.ThrowsAsync<GuestConnectionException>(
            () => client.ExecuteAsync(new("true"), Token).InTime());
        Assert.Equal(("exec_command", true), (e.Method, e.IsSafeToRepeat));
        Assert.Equal(1, _guest.Attempts);
    }

    [Fact]
    public async Task A_call_that_a_stopping_agent_has_ended_is_sent_again_to_the_next_when_it_only_looks()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        Task<PingResult> pinging = client.PingAsync(Token);
        await StopAsync(first, "ping");
        first.Close();
        ScriptedAgent second = await _guest.AcceptAsync();
        await second.AnswerAsync(await second.ReceiveAsync("ping"), Pong);
        Assert.True((await pinging.InTime()).Pong);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_that_a_stopping_agent_has_ended_fails_as_its_connection_does(bool streamed)
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        Task running = streamed
            ? (await client.StartAsync(new("x"), Token)).Completion
            : client.ExecuteAsync(new("x"), Token);
        await StopAsync(agent, "exec_command");
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => running.InTime());
        Assert.Equal(
            (ConnectionFailure.AgentStopping, "exec_command", false, false), (e.Reason, e.Method, e.IsSafeToRepeat, e.WasNotSent));
        var answer = Assert.IsType<GuestCommandException>(e.InnerException);
        Assert.Equal((ErrorCode.ShuttingDown, "stop", 3), (answer.Code, answer.Detail!.Rule, answer.PartialResult!.Exit.ExitCode));
        Assert.Contains("It stops.", e.Message, StringComparison.Ordinal);

        // The connection is as good as before until the agent ends it.
        Task<PingResult> pinging = client.PingAsync(Token);
        await agent.AnswerAsync(await agent.ReceiveAsync("ping"), Pong);
        await pinging.InTime();
    }

    [Fact]
    public async Task A_call_that_may_not_be_sent_again_tells_that_the_agent_stops()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<PingResult> pinging = client.PingAsync(Token);
        await StopAsync(agent, "ping");
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => pinging.InTime());
        Assert.Equal((ConnectionFailure.AgentStopping, true), (e.Reason, e.IsSafeToRepeat));
    }

    [Fact]
    public async Task A_call_that_was_not_sent_waits_for_the_new_connection_whatever_it_does()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        _guest.Refuse(3);
        first.Close();
        await WaitForAsync(client, ConnectionState.Reconnecting);
        Task<CommandResult> running = client.ExecuteAsync(new("true"), Token);
        ScriptedAgent second = await _guest.AcceptAsync();
        await second.AnswerAsync(await second.ReceiveAsync("exec_command"), ScriptedAgent.Exit());
        Assert.True((await running.InTime()).Succeeded);
        Assert.Equal(5, _guest.Attempts);
    }

    [Fact]
    public async Task A_call_that_breaks_the_connection_each_time_is_not_repeated_forever()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        Task<PingResult> pinging = client.PingAsync(Token);
        for (int sent = 0; sent < 4; sent++)
        {
            await agent.ReceiveAsync("ping");
            await agent.SendAsync("junk");
            agent = await _guest.AcceptAsync();
        }

        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => pinging.InTime());
        Assert.Equal((ConnectionFailure.ProtocolViolation, true), (e.Reason, e.IsSafeToRepeat));
    }

    [Fact]
    public async Task An_answer_that_breaks_its_contract_is_not_asked_for_again()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        Task<PingResult> pinging = client.PingAsync(Token);
        await first.AnswerAsync(await first.ReceiveAsync("ping"), "[]");
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => pinging.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
        await _guest.AcceptAsync();
    }

    [Fact]
    public async Task A_restarted_agent_is_another_agent()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        await first.SendAsync(ScriptedAgent.Ready("instance-2"));
        await _guest.AcceptAsync(ScriptedAgent.Describe("instance-2"));
        await WaitForAsync(client, ConnectionState.Connected, "instance-2");
        Assert.Equal("instance-2", client.Agent.Instance);
    }

    [Fact]
    public async Task Each_change_of_the_connection_is_seen_and_none_left_out()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using IAsyncEnumerator<ConnectionStatus> changes = client.WatchConnectionAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await changes.MoveNextAsync().InTime());
        List<ConnectionStatus> seen = [changes.Current];
        _guest.Refuse(1);
        first.Close();
        await _guest.AcceptAsync();
        await WaitForAsync(client, ConnectionState.Connected);
        await client.DisposeAsync();
        while (await changes.MoveNextAsync().InTime())
        {
            seen.Add(changes.Current);
        }

        Assert.Equal(
            [
                ConnectionState.Connected, ConnectionState.Reconnecting, ConnectionState.Reconnecting,
                ConnectionState.Connected, ConnectionState.Closed,
            ],
            seen.Select(status => status.State));
        Assert.Equal(
            (ConnectionFailure.Lost, ConnectionFailure.Refused, ConnectionFailure.Disposed),
            (seen[1].Failure!.Reason, seen[2].Failure!.Reason, seen[4].Failure!.Reason));
        Assert.Equal((1, 2), (seen[1].Attempt, seen[2].Attempt));
    }

    [Fact]
    public async Task Delays_double_up_to_the_longest_and_the_client_gives_up_in_time()
    {
        var clock = new WatchedClock();
        var options = new GuestClientOptions
        {
            TimeProvider = clock,
            HeartbeatInterval = Timeout.InfiniteTimeSpan,
            Reconnect = new ReconnectOptions
            {
                InitialDelay = TimeSpan.FromSeconds(1),
                MaxDelay = TimeSpan.FromSeconds(4),
                Jitter = 0,
                GiveUpAfter = TimeSpan.FromSeconds(12),
            },
        };
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(options);
        await using GuestClient _ = client;
        _guest.Refuse(100);
        agent.Close();
        foreach (int seconds in (int[])[1, 2, 4, 4, 1])
        {
            await clock.WaitForTimerAsync(TimeSpan.FromSeconds(seconds));
            clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        Assert.Equal(ConnectionFailure.Refused, (await client.Closed.InTime()).Reason);
        Assert.Equal(6, _guest.Attempts);
    }

    [Fact]
    public async Task A_call_waits_for_a_connection_no_longer_than_for_an_answer()
    {
        var clock = new WatchedClock();
        var options = new GuestClientOptions
        {
            TimeProvider = clock,
            HeartbeatInterval = Timeout.InfiniteTimeSpan,
            Reconnect = new ReconnectOptions
            {
                InitialDelay = TimeSpan.FromHours(1),
                MaxDelay = TimeSpan.FromHours(1),
                Jitter = 0,
            },
        };
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(options);
        await using GuestClient _ = client;
        agent.Close();
        await WaitForAsync(client, ConnectionState.Reconnecting);
        Task<PingResult> pinging = client.PingAsync(Token);
        TimeSpan limit = Ping.Contract.Deadline!.Value + options.CallMargin;
        await clock.WaitForTimerAsync(limit);
        clock.Advance(limit);
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => pinging.InTime());
        Assert.Equal(("ping", true), (e.Method, e.IsSafeToRepeat));
    }

    [Fact]
    public async Task An_agent_of_another_major_version_ends_the_client_for_good()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        first.Close();
        await _guest.AcceptAsync(ScriptedAgent.Describe(protocol: "2.0.0"));
        Assert.Equal(ConnectionFailure.Incompatible, (await client.Closed.InTime()).Reason);
        GuestConnectionException e =
            await Assert.ThrowsAsync<GuestConnectionException>(() => client.PingAsync(Token).InTime());
        Assert.Equal(ConnectionFailure.Incompatible, e.Reason);
    }

    [Fact]
    public async Task Disposing_ends_an_attempt_that_hangs_and_the_calls_that_wait_for_it()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        first.Close();
        await _guest.AcceptSilentlyAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        await client.DisposeAsync().InTime();
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => pinging.InTime());
        Assert.Equal(ConnectionFailure.Disposed, e.Reason);
        Assert.Equal(ConnectionFailure.Disposed, (await client.Closed.InTime()).Reason);
    }

    [Fact]
    public async Task A_call_that_waits_for_a_connection_can_be_cancelled()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        first.Close();
        await _guest.AcceptSilentlyAsync();
        using var giveUp = new CancellationTokenSource();
        Task<PingResult> pinging = client.PingAsync(giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pinging.InTime());
    }

    [Fact]
    public async Task The_answer_to_a_shutdown_is_acknowledged()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        Task<PowerResult> ending = client.Power.ShutdownAsync(PowerOptions.Now, Token);
        ScriptedCall call = await agent.ReceiveAsync("shutdown");
        Assert.Equal(0, call.Params.GetProperty("timeout_seconds").GetDouble());
        await agent.AnswerAsync(call, """{"initiated":true,"message":"Going down.","at_ms":5}""");
        ScriptedCall acknowledged = await agent.ReceiveAsync("reply_received");
        Assert.Null(acknowledged.Id);
        Assert.Equal(call.Id, acknowledged.Params.GetProperty("id").GetRawText());
        Assert.Equal(5, (await ending.InTime()).AtMs);
    }

    private static async Task WaitForAsync(GuestClient client, ConnectionState state, string? instance = null)
    {
        async Task WatchAsync()
        {
            await foreach (ConnectionStatus status in client.WatchConnectionAsync(Token))
            {
                if (status.State == state && (instance is null || status.Agent.Instance == instance))
                {
                    return;
                }
            }
        }

        await WatchAsync().InTime();
    }

    // With what there is of a command's result, which means nothing elsewhere.
    private static async Task StopAsync(ScriptedAgent agent, string method) => await agent.RefuseAsync(
        await agent.ReceiveAsync(method), -32009, "It stops.", $$"""{"rule":"stop",{{ScriptedAgent.Exit(3)[1..]}}""");
}
