using GuestAgent.Contracts.Agent;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class QuiesceTests
{
    private const string Pong = """{"pong":true,"timestamp":1}""";

    private readonly FakeTimeProvider _clock = new();
    private readonly ScriptedAgent _agent = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_limit_is_above_zero_and_at_most_a_day()
    {
        await using GuestClient client = await AttachAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.QuiesceAsync(TimeSpan.Zero, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.QuiesceAsync(TimeSpan.FromDays(2), Token));
    }

    [Fact]
    public async Task What_is_under_way_is_waited_for_and_what_comes_waits_until_it_is_over()
    {
        await using GuestClient client = await AttachAsync();
        Task<PingResult> before = client.PingAsync(Token);
        ScriptedCall ping = await _agent.ReceiveAsync("ping");
        Task<IAsyncDisposable> quiescing = client.QuiesceAsync(cancellationToken: Token);
        Task<PingResult> meanwhile = client.PingAsync(Token);
        Assert.False(quiescing.IsCompleted);

        await _agent.AnswerAsync(ping, Pong);
        await before.InTime();
        await AnswerQuestionAsync();
        IAsyncDisposable quiet = await quiescing.InTime();
        Task<ScriptedCall> next = _agent.ReceiveAsync("ping");
        Assert.False(meanwhile.IsCompleted || next.IsCompleted);

        await quiet.DisposeAsync();
        await _agent.AnswerAsync(await next, Pong);
        await meanwhile.InTime();
    }

    [Fact]
    public async Task All_that_the_agent_has_sent_before_is_read_first()
    {
        await using GuestClient client = await AttachAsync();
        Task<IAsyncDisposable> quiescing = client.QuiesceAsync(cancellationToken: Token);
        ScriptedCall question = await _agent.ReceiveAsync("session_status");
        await _agent.SendAsync("""{"jsonrpc":"2.0","method":"telemetry","params":{}}""");
        Assert.False(quiescing.IsCompleted);
        await _agent.AnswerAsync(question, Status(question, 1));
        await using IAsyncDisposable quiet = await quiescing.InTime();
    }

    [Fact]
    public async Task An_agent_that_cannot_tell_more_is_asked_for_a_sign_of_life()
    {
        var agent = new ScriptedAgent();
        await using GuestClient client = await agent.AttachAsync();
        Task<IAsyncDisposable> quiescing = client.QuiesceAsync(cancellationToken: Token);
        await agent.AnswerAsync(await agent.ReceiveAsync("ping"), Pong);
        await using IAsyncDisposable quiet = await quiescing.InTime();
    }

    [Fact]
    public async Task At_the_limit_it_fails_and_all_goes_on()
    {
        await using GuestClient client = await AttachAsync();
        Task<CommandResult> running = client.ExecuteAsync(new GuestCommand("sleep", "60"), Token);
        ScriptedCall exec = await _agent.ReceiveAsync("exec_command");
        Task<IAsyncDisposable> quiescing = client.QuiesceAsync(TimeSpan.FromSeconds(1), Token);
        Task<PingResult> meanwhile = client.PingAsync(Token);
        _clock.Advance(TimeSpan.FromSeconds(1));
        GuestCallTimeoutException e = await Assert.ThrowsAsync<GuestCallTimeoutException>(() => quiescing.InTime());
        Assert.Equal(TimeSpan.FromSeconds(1), e.Waited);

        await _agent.AnswerAsync(await _agent.ReceiveAsync("ping"), Pong);
        await meanwhile.InTime();
        await _agent.AnswerAsync(exec, ScriptedAgent.Exit());
        Assert.True((await running.InTime()).Succeeded);
    }

    [Fact]
    public async Task Who_gives_up_lets_all_go_on()
    {
        await using GuestClient client = await AttachAsync();
        using var impatient = new CancellationTokenSource();
        Task<IAsyncDisposable> quiescing = client.QuiesceAsync(cancellationToken: impatient.Token);
        await _agent.ReceiveAsync("session_status");
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => quiescing.InTime());
        await PingAsync(client);
    }

    [Fact]
    public async Task Two_at_once_end_with_the_last_and_each_only_once()
    {
        await using GuestClient client = await AttachAsync();
        IAsyncDisposable first = await QuiesceAsync(client, 1);
        IAsyncDisposable second = await QuiesceAsync(client, 2);
        await first.DisposeAsync();
        await first.DisposeAsync();
        Task<PingResult> meanwhile = client.PingAsync(Token);
        Task<ScriptedCall> next = _agent.ReceiveAsync("ping");
        Assert.False(next.IsCompleted);
        await second.DisposeAsync();
        await _agent.AnswerAsync(await next, Pong);
        await meanwhile.InTime();
    }

    [Fact]
    public async Task A_guest_that_is_left_alone_may_be_silent_for_any_time()
    {
        await using GuestClient client = await AttachAsync();
        IAsyncDisposable quiet = await QuiesceAsync(client, 1);
        for (int minutes = 0; minutes < 60; minutes++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(ConnectionState.Connected, client.Status.State);
        await quiet.DisposeAsync();
        await PingAsync(client);
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task Whoever_waits_learns_that_the_client_has_ended()
    {
        GuestClient client = await AttachAsync();
        await using IAsyncDisposable quiet = await QuiesceAsync(client, 1);
        Task<PingResult> waiting = client.PingAsync(Token);
        await client.DisposeAsync().InTime();
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => waiting.InTime());
        Assert.Equal((ConnectionFailure.Disposed, true), (e.Reason, e.IsSafeToRepeat));
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_has_sent_nothing()
    {
        await using GuestClient client = await AttachAsync();
        IAsyncDisposable quiet = await QuiesceAsync(client, 1);
        using var impatient = new CancellationTokenSource();
        Task<PingResult> waiting = client.PingAsync(impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.InTime());
        await quiet.DisposeAsync();
        await PingAsync(client);
    }

    [Fact]
    public async Task A_connection_that_is_lost_is_told_and_all_goes_on()
    {
        await using GuestClient client = await AttachAsync();
        Task<IAsyncDisposable> quiescing = client.QuiesceAsync(cancellationToken: Token);
        await _agent.ReceiveAsync("session_status");
        _agent.Close();
        await Assert.ThrowsAsync<GuestConnectionException>(() => quiescing.InTime());
        await Assert.ThrowsAsync<GuestConnectionException>(() => client.PingAsync(Token).InTime());
    }

    [Fact]
    public async Task An_agent_that_has_not_read_all_is_no_agent_to_leave_alone()
    {
        await using GuestClient client = await AttachAsync();
        Task<IAsyncDisposable> quiescing = client.QuiesceAsync(cancellationToken: Token);
        ScriptedCall question = await _agent.ReceiveAsync("session_status");
        await _agent.AnswerAsync(question, Status(question, 0));
        await Assert.ThrowsAsync<GuestConnectionException>(() => quiescing.InTime());
        await client.Closed.InTime();
    }

    private static string Status(ScriptedCall question, long lines) =>
        $$"""{"session":"{{question.Id!.Trim('"').Split('-')[0]}}","lines":{{lines}}}""";

    private Task<GuestClient> AttachAsync() => _agent.AttachAsync(
        new GuestClientOptions { TimeProvider = _clock }, ScriptedAgent.Describe(more: "session_status"));

    private async Task<IAsyncDisposable> QuiesceAsync(GuestClient client, long lines)
    {
        Task<IAsyncDisposable> quiescing = client.QuiesceAsync(cancellationToken: Token);
        ScriptedCall question = await _agent.ReceiveAsync("session_status");
        await _agent.AnswerAsync(question, Status(question, lines));
        return await quiescing.InTime();
    }

    private async Task AnswerQuestionAsync()
    {
        ScriptedCall question = await _agent.ReceiveAsync("session_status");
        await _agent.AnswerAsync(question, Status(question, 2));
    }

    private async Task PingAsync(GuestClient client)
    {
        Task<PingResult> pinging = client.PingAsync(Token);
        await _agent.AnswerAsync(await _agent.ReceiveAsync("ping"), Pong);
        await pinging.InTime();
    }
}
