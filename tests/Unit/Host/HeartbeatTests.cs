using GuestAgent.Contracts.Agent;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class HeartbeatTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private readonly ScriptedAgent _agent = new();
    private readonly WatchedClock _clock = new();
    private readonly GuestClientOptions _options;

    public HeartbeatTests() => _options = new GuestClientOptions
    {
        TimeProvider = _clock,
        HeartbeatInterval = TimeSpan.FromSeconds(30),
        HeartbeatDeadline = TimeSpan.FromSeconds(10),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silent_agent_is_asked_and_then_given_up()
    {
        await using GuestClient client = await _agent.AttachAsync(_options);
        await AskAsync();
        _clock.Advance(_options.HeartbeatDeadline);
        GuestConnectionException end = await client.Closed.InTime();
        Assert.Equal(ConnectionFailure.Lost, end.Reason);
        Assert.Contains("silent for 40.001 s", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pending_call_fails_when_the_agent_is_silent()
    {
        await using GuestClient client = await _agent.AttachAsync(_options);
        Task<CommandResult> running =
            client.ExecuteAsync(new("sleep", "20") { Timeout = TimeSpan.FromHours(1) }, Token);
        await _agent.ReceiveAsync("exec_command");
        await AskAsync();
        _clock.Advance(_options.HeartbeatDeadline);
        await Assert.ThrowsAsync<GuestConnectionException>(() => running.InTime());
    }

    [Fact]
    public async Task An_answer_keeps_the_connection()
    {
        await using GuestClient client = await _agent.AttachAsync(_options);
        TimeSpan quiet = TimeSpan.Zero;
        for (int i = 0; i < 3; i++)
        {
            ScriptedCall ping = await AskAsync(quiet);
            await _agent.AnswerAsync(ping, """{"pong":true,"timestamp":1}""");
            await RoundTripAsync(client);
            _clock.Advance(_options.HeartbeatDeadline);
            quiet = _options.HeartbeatDeadline;
        }

        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_reply_that_is_still_arriving_is_no_silence()
    {
        await using GuestClient client = await _agent.AttachAsync(_options);
        ScriptedCall ping = await AskAsync();
        await _agent.SendAsync("""{"jsonrpc":"2.0",   """u8.ToArray());
        await _agent.SendAsync("\"method\":\"x\"}\n"u8.ToArray());
        await RoundTripAsync(client);
        _clock.Advance(_options.HeartbeatDeadline);
        Assert.NotNull(ping.Id);
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task Nothing_is_asked_while_the_agent_talks()
    {
        await using GuestClient client = await _agent.AttachAsync(_options);
        await _clock.WaitForTimerAsync(_options.HeartbeatInterval + Step);
        _clock.Advance(_options.HeartbeatInterval / 2);
        await RoundTripAsync(client);
        _clock.Advance((_options.HeartbeatInterval / 2) + Step);

        // Not asked yet: half an interval remains since the last byte.
        await _clock.WaitForTimerAsync(_options.HeartbeatInterval / 2);
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task It_can_be_switched_off()
    {
        var options = _options with { HeartbeatInterval = Timeout.InfiniteTimeSpan };
        await using GuestClient client = await _agent.AttachAsync(options);
        _clock.Advance(TimeSpan.FromDays(1));
        await RoundTripAsync(client);
        Assert.False(client.Closed.IsCompleted);
    }

    private async Task<ScriptedCall> AskAsync(TimeSpan quiet = default)
    {
        TimeSpan rest = _options.HeartbeatInterval - quiet + Step;
        await _clock.WaitForTimerAsync(rest);
        _clock.Advance(rest);
        ScriptedCall ping = await _agent.ReceiveAsync("ping");
        await _clock.WaitForTimerAsync(_options.HeartbeatDeadline);
        return ping;
    }

    // Proves that everything sent before has been read.
    private async Task RoundTripAsync(GuestClient client)
    {
        Task<PingResult> pinging = client.PingAsync(Token);
        await _agent.AnswerAsync(await _agent.ReceiveAsync("ping"), """{"pong":true,"timestamp":1}""");
        await pinging.InTime();
    }
}
