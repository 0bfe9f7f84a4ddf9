using System.Text.Json;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Files;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

/// <summary>An agent that a restored snapshot has taken back in time, on a channel that shows nothing of it.</summary>
public sealed class LostThreadTests
{
    private const string Pong = """{"pong":true,"timestamp":1}""";

    // What an agent says to the beginning of one line and the end of another.
    private const string Unreadable = """{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"not JSON"}}""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly AgentDescription Tells = ScriptedAgent.Describe(more: "session_status");

    private readonly WatchedClock _clock = new();
    private readonly ScriptedGuest _guest = new();
    private readonly GuestClientOptions _options;

    public LostThreadTests() => _options = new GuestClientOptions
    {
        TimeProvider = _clock,
        HeartbeatInterval = TimeSpan.FromSeconds(31),
        HeartbeatDeadline = TimeSpan.FromSeconds(11),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_line_that_nobody_sent_ends_the_connection_at_once()
    {
        ScriptedAgent agent = new();
        await using GuestClient client = await agent.AttachAsync();
        Task<CommandResult> running = client.ExecuteAsync(new("true"), Token);
        await agent.ReceiveAsync("exec_command");
        await agent.SendAsync(Unreadable);
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => running.InTime());
        Assert.Equal((ConnectionFailure.Lost, false), (e.Reason, e.IsSafeToRepeat));
        Assert.Contains("snapshot", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(1000)]
    public async Task An_agent_that_has_read_other_lines_has_lost_the_thread(long lines)
    {
        (GuestClient client, ScriptedAgent agent) = await ConnectAsync();
        await using GuestClient _ = client;
        Task<CommandResult> running = client.ExecuteAsync(new("true"), Token);
        await agent.ReceiveAsync("exec_command");
        ScriptedCall question = await AskedAsync(agent, Patience);

        // The true answer would be 2.
        await AnswerAsync(agent, question, lines == 2 ? 3 : lines);
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => running.InTime());
        Assert.Equal((ConnectionFailure.Lost, false), (e.Reason, e.IsSafeToRepeat));
    }

    [Fact]
    public async Task An_agent_of_another_session_or_before_its_upgrade_has_lost_the_thread()
    {
        foreach (bool upgrade in (bool[])[false, true])
        {
            (GuestClient client, ScriptedAgent agent) = await ConnectAsync();
            await using GuestClient _ = client;
            Task<PingResult> pinging = client.PingAsync(Token);
            await agent.ReceiveAsync("ping");
            ScriptedCall question = await AskedAsync(agent, Patience);
            await (upgrade
                ? agent.RefuseAsync(question, -32601, "There is no such method.")
                : agent.AnswerAsync(question, """{"session":"another","lines":2}"""));
            Assert.Equal(
                ConnectionFailure.Lost, (await Assert.ThrowsAsync<GuestConnectionException>(() => pinging.InTime())).Reason);
        }
    }

    [Fact]
    public async Task An_agent_that_is_only_slow_is_waited_for()
    {
        (GuestClient client, ScriptedAgent agent) = await ConnectAsync();
        await using GuestClient _ = client;
        Task<CommandResult> running = client.ExecuteAsync(new("sleep", "20"), Token);
        ScriptedCall exec = await agent.ReceiveAsync("exec_command");
        await AnswerAsync(agent, await AskedAsync(agent, Patience), 2);

        // Known to the agent, it is asked about now and then only.
        for (TimeSpan waited = Patience; waited < Interval; waited += Patience)
        {
            await _clock.WaitForTimerAsync(Patience);
            _clock.Advance(Patience);
        }

        await AnswerAsync(agent, await AskedAsync(agent, Patience), 3);
        await agent.AnswerAsync(exec, ScriptedAgent.Exit());
        Assert.True((await running.InTime()).Succeeded);
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_question_that_is_lost_too_is_asked_again()
    {
        (GuestClient client, ScriptedAgent agent) = await ConnectAsync();
        await using GuestClient _ = client;
        Task<PingResult> pinging = client.PingAsync(Token);
        await agent.ReceiveAsync("ping");
        await AskedAsync(agent, Patience);
        await _clock.WaitForTimerAsync(Interval);
        _clock.Advance(Interval);
        ScriptedCall again = await AskedAsync(agent, Patience);
        await AnswerAsync(agent, again, 1);
        await Assert.ThrowsAsync<GuestConnectionException>(() => pinging.InTime());
    }

    [Fact]
    public async Task A_host_that_only_listens_notices_by_its_heartbeat()
    {
        (GuestClient client, ScriptedAgent agent) = await ConnectAsync();
        await using GuestClient _ = client;
        await _clock.WaitForTimerAsync(_options.HeartbeatInterval + TimeSpan.FromMilliseconds(1));
        _clock.Advance(_options.HeartbeatInterval + TimeSpan.FromMilliseconds(1));
        ScriptedCall question = await agent.ReceiveAsync("session_status");
        await AnswerAsync(agent, question, 7);
        await _clock.WaitForTimerAsync(_options.HeartbeatDeadline);

        // The answer has been read when a later one has.
        Task<PingResult> pinging = client.PingAsync(Token);
        await agent.AnswerAsync(await agent.ReceiveAsync("ping"), Pong);
        await pinging.InTime();
        _clock.Advance(_options.HeartbeatDeadline);
        Assert.Equal(ConnectionFailure.Lost, (await client.Closed.InTime()).Reason);
    }

    [Fact]
    public async Task Afterwards_what_is_safe_is_repeated_on_a_new_attach_and_nothing_else()
    {
        (GuestClient client, ScriptedAgent agent) = await ConnectAsync(
            new GuestClientOptions { Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(1) } });
        await using GuestClient _ = client;
        Task<PingResult> pinging = client.PingAsync(Token);
        await agent.ReceiveAsync("ping");
        Task<FileDeleteResult> deleting = client.Files.DeleteAsync("/tmp/x", cancellationToken: Token);
        await agent.ReceiveAsync("file_delete");
        await agent.SendAsync(Unreadable);

        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => deleting.InTime());
        Assert.Equal(("file_delete", false), (e.Method, e.IsSafeToRepeat));
        ScriptedAgent next = await _guest.AcceptAsync(Tells);
        await next.AnswerAsync(await next.ReceiveAsync("ping"), Pong);
        Assert.True((await pinging.InTime()).Pong);
    }

    [Fact]
    public async Task An_upload_goes_on_from_what_the_agent_has_then()
    {
        byte[] content = new byte[1_000_000];
        new Random(1).NextBytes(content);
        ScriptedUpload upload = new();
        (GuestClient client, ScriptedAgent agent) = await ConnectAsync(
            new GuestClientOptions { Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(1) } });
        await using GuestClient _ = client;
        using MemoryStream source = new(content);
        Task<FileUploadCommitResult> uploading = client.Files.UploadAsync(source, "/f", cancellationToken: Token);
        await upload.ServeAsync(agent, uploading, _ => upload.Received.Length > 300_000);

        // Set back, it has less than it has confirmed.
        upload.Received.SetLength(100_000);
        await agent.SendAsync(Unreadable);
        ScriptedAgent next = await _guest.AcceptAsync(Tells);
        ScriptedCall status = await next.ReceiveAsync("file_upload_status");
        await upload.AnswerAsync(next, status);
        await upload.ServeAsync(next, uploading);
        await uploading.InTime();
        Assert.Equal(content, upload.Committed);
        Assert.Equal(1, upload.Opened);
    }

    private async Task<(GuestClient Client, ScriptedAgent Agent)> ConnectAsync(GuestClientOptions? options = null)
    {
        Task<GuestClient> connecting = _guest.StartConnecting(options ?? _options);
        ScriptedAgent agent = await _guest.AcceptAsync(Tells);
        return (await connecting.InTime(), agent);
    }

    private async Task<ScriptedCall> AskedAsync(ScriptedAgent agent, TimeSpan after)
    {
        await _clock.WaitForTimerAsync(after);
        _clock.Advance(after);
        return await agent.ReceiveAsync("session_status");
    }

    private static Task AnswerAsync(ScriptedAgent agent, ScriptedCall question, long lines)
    {
        // Request ids begin with the session's name.
        string session = JsonElement.Parse(question.Id!).GetString()!.Split('-')[0];
        return agent.AnswerAsync(question, $$"""{"session":"{{session}}","lines":{{lines}}}""");
    }
}
