using System.Text;
using GuestAgent.Contracts.Agent;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class ConnectionEndTests
{
    private readonly ScriptedAgent _agent = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_pending_calls_fail_at_once_when_the_channel_is_closed()
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult>[] pings = [client.PingAsync(Token), client.PingAsync(Token)];
        GuestProcess process = await client.StartAsync(new("sleep", "60"), Token);
        _agent.Close();
        foreach (Task<PingResult> ping in pings)
        {
            Assert.Equal(ConnectionFailure.Lost, await FailureAsync(ping));
        }

        Assert.Equal(ConnectionFailure.Lost, await FailureAsync(process.Completion));
        Assert.Equal(ConnectionFailure.Lost, (await client.Closed.InTime()).Reason);
        Assert.Equal(ConnectionFailure.Lost, await FailureAsync(client.PingAsync(Token)));
        await _agent.WaitForHostEndAsync();
    }

    [Fact]
    public async Task An_end_in_the_middle_of_a_reply_is_an_end()
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        ScriptedCall call = await _agent.ReceiveAsync();
        await _agent.SendAsync(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":{{call.Id}},"result":{"po"""));
        _agent.Close();
        Assert.Equal(ConnectionFailure.Lost, await FailureAsync(pinging));
    }

    [Theory]
    [InlineData("boot-1", "restarted")]
    [InlineData("boot-2", "rebooted")]
    public async Task Another_agent_on_the_channel_fails_everything(string boot, string word)
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        await _agent.ReceiveAsync("ping");
        await _agent.SendAsync(ScriptedAgent.Ready("instance-2", boot));
        Assert.Equal(ConnectionFailure.AgentRestarted, await FailureAsync(pinging));
        Assert.Contains(word, (await client.Closed.InTime()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_begins_a_new_attach_has_dropped_everything()
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        await _agent.ReceiveAsync("ping");
        await _agent.SendAsync(ScriptedAgent.Ready());
        Assert.Equal(ConnectionFailure.Lost, await FailureAsync(pinging));
    }

    [Fact]
    public async Task Disposing_fails_what_is_pending_and_says_why()
    {
        GuestClient client = await _agent.AttachAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        await _agent.ReceiveAsync("ping");
        await client.DisposeAsync().InTime();
        Assert.Equal(ConnectionFailure.Disposed, await FailureAsync(pinging));
        Assert.Equal(ConnectionFailure.Disposed, await FailureAsync(client.PingAsync(Token)));
        Assert.Equal(ConnectionFailure.Disposed, (await client.Closed.InTime()).Reason);
        await client.DisposeAsync().InTime();
        await _agent.WaitForHostEndAsync();
    }

    [Fact]
    public async Task What_was_sent_before_a_dispose_still_goes_out()
    {
        GuestClient client = await _agent.AttachAsync();
        GuestProcess process = await client.StartAsync(new("sleep", "60"), Token);
        await process.DisposeAsync().InTime();
        await client.DisposeAsync().InTime();
        ScriptedCall exec = await _agent.ReceiveAsync("exec_command");
        Assert.Equal(exec.Id, (await _agent.ReceiveAsync("cancel")).Params.GetProperty("id").GetRawText());
    }

    [Fact]
    public async Task A_channel_that_takes_nothing_is_dead()
    {
        var clock = new WatchedClock();
        var options = new GuestClientOptions { TimeProvider = clock, HeartbeatInterval = Timeout.InfiniteTimeSpan };
        var agent = new ScriptedAgent(capacityBytes: 4096);
        await using GuestClient client = await agent.AttachAsync(options);
        var command = new GuestCommand("cat") { StandardInput = new byte[10_000] };
        Task<CommandResult> running = client.ExecuteAsync(command, Token);
        await clock.WaitForTimerAsync(options.WriteDeadline);
        clock.Advance(options.WriteDeadline);
        Assert.Equal(ConnectionFailure.Lost, await FailureAsync(running));
    }

    [Fact]
    public async Task A_cancelled_caller_never_cuts_its_line_in_half()
    {
        var agent = new ScriptedAgent(capacityBytes: 4096);
        await using GuestClient client = await agent.AttachAsync();
        using var giveUp = new CancellationTokenSource();
        var command = new GuestCommand("cat") { StandardInput = new byte[200_000] };
        Task<CommandResult> running = client.ExecuteAsync(command, giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.InTime());
        ScriptedCall exec = await agent.ReceiveAsync("exec_command");
        Assert.Equal(exec.Id, (await agent.ReceiveAsync("cancel")).Params.GetProperty("id").GetRawText());
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task Callers_wait_for_a_full_queue_and_may_give_up_there()
    {
        var agent = new ScriptedAgent(capacityBytes: 4096);
        GuestClient client = await agent.AttachAsync();
        using var giveUp = new CancellationTokenSource();
        var command = new GuestCommand("cat") { StandardInput = new byte[10_000] };
        Task<CommandResult>[] calls =
            [.. Enumerable.Range(0, 60).Select(_ => client.ExecuteAsync(command, giveUp.Token))];
        await giveUp.CancelAsync();
        foreach (Task<CommandResult> call in calls)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.InTime());
        }

        await client.DisposeAsync().InTime();
    }

    private static async Task<ConnectionFailure> FailureAsync(Task task) =>
        (await Assert.ThrowsAsync<GuestConnectionException>(() => task.InTime())).Reason;
}
