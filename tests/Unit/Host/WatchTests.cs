using GuestAgent.Contracts.Telemetry;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class WatchTests
{
    private static readonly GuestClientOptions Quick = new()
    {
        Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(1) },
    };

    private readonly ScriptedGuest _guest = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slow_reader_gets_the_newest_report_only()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        await using IAsyncEnumerator<TelemetryReport> reports =
            client.WatchTelemetryAsync(TimeSpan.FromSeconds(2), Token).GetAsyncEnumerator(Token);
        Task<bool> first = reports.MoveNextAsync().AsTask();
        ScriptedCall call = await agent.ReceiveAsync("telemetry_subscribe");
        Assert.Equal(2, call.Params.GetProperty("interval_seconds").GetDouble());
        await agent.AnswerAsync(call, """{"interval_seconds":2}""");
        await agent.SendAsync(Report(1));
        Assert.True(await first.InTime());
        Assert.Equal(1, reports.Current.TimeMs);
        await agent.SendAsync(Report(2));
        await agent.SendAsync(Report(3));
        await PingAsync(client, agent);
        Assert.True(await reports.MoveNextAsync().InTime());
        Assert.Equal(3, reports.Current.TimeMs);
    }

    [Fact]
    public async Task Leaving_the_last_enumeration_ends_the_subscription()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        Task leaving = Task.Run(
            async () =>
            {
                await foreach (TelemetryReport _ in client.WatchTelemetryAsync(cancellationToken: Token))
                {
                    break;
                }
            },
            Token);
        await agent.AnswerAsync(await agent.ReceiveAsync("telemetry_subscribe"), """{"interval_seconds":5}""");
        await agent.SendAsync(Report(1));
        await leaving.InTime();
        Assert.Null((await agent.ReceiveAsync("telemetry_unsubscribe")).Id);

        // What is still on its way, even nonsense, disturbs nobody.
        await agent.SendAsync("""{"jsonrpc":"2.0","method":"telemetry","params":{}}""");
        await PingAsync(client, agent);
    }

    [Fact]
    public async Task Two_enumerations_share_the_shorter_interval()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        await using IAsyncEnumerator<TelemetryReport> slow =
            client.WatchTelemetryAsync(TimeSpan.FromSeconds(60), Token).GetAsyncEnumerator(Token);
        await using IAsyncEnumerator<TelemetryReport> quick =
            client.WatchTelemetryAsync(TimeSpan.FromSeconds(1), Token).GetAsyncEnumerator(Token);
        Task<bool> slowly = slow.MoveNextAsync().AsTask();
        await agent.AnswerAsync(await agent.ReceiveAsync("telemetry_subscribe"), """{"interval_seconds":60}""");
        Task<bool> quickly = quick.MoveNextAsync().AsTask();
        ScriptedCall call = await agent.ReceiveAsync("telemetry_subscribe");
        Assert.Equal(1, call.Params.GetProperty("interval_seconds").GetDouble());
        await agent.AnswerAsync(call, """{"interval_seconds":1}""");
        await agent.SendAsync(Report(1));
        Assert.True(await slowly.InTime());
        Assert.True(await quickly.InTime());
    }

    [Fact]
    public async Task Subscriptions_are_renewed_on_a_new_attach_and_a_gap_in_events_shows()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        await using IAsyncEnumerator<AgentEvents> events = client.WatchEventsAsync(Token).GetAsyncEnumerator(Token);
        Task<bool> moving = events.MoveNextAsync().AsTask();
        await first.AnswerAsync(await first.ReceiveAsync("events_subscribe"), """{"kinds":["mounts","network"]}""");
        await first.SendAsync(Events("network", 1));
        Assert.True(await moving.InTime());
        moving = events.MoveNextAsync().AsTask();
        first.Close();
        ScriptedAgent second = await _guest.AcceptAsync();
        await second.AnswerAsync(await second.ReceiveAsync("events_subscribe"), """{"kinds":["mounts","network"]}""");
        Assert.True(await moving.InTime());
        Assert.Equal(["mounts", "network"], events.Current.Kinds);
        Assert.Equal(0, events.Current.Sequence);
    }

    [Fact]
    public async Task Events_that_nobody_took_add_up()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        await using IAsyncEnumerator<AgentEvents> events = client.WatchEventsAsync(Token).GetAsyncEnumerator(Token);
        Task<bool> moving = events.MoveNextAsync().AsTask();
        await agent.AnswerAsync(await agent.ReceiveAsync("events_subscribe"), """{"kinds":["mounts","network"]}""");
        await agent.SendAsync(Events("network", 1));
        Assert.True(await moving.InTime());
        await agent.SendAsync(Events("network", 2));
        await agent.SendAsync(Events("mounts", 3));
        await agent.SendAsync(Events("network", 4));
        await PingAsync(client, agent);
        Assert.True(await events.MoveNextAsync().InTime());
        Assert.Equal(["network", "mounts"], events.Current.Kinds);
        Assert.Equal(4, events.Current.Sequence);
    }

    [Fact]
    public async Task An_agent_that_refuses_the_renewal_ends_the_enumeration()
    {
        (GuestClient client, ScriptedAgent first) = await _guest.ConnectAsync(Quick);
        await using GuestClient _ = client;
        await using IAsyncEnumerator<TelemetryReport> reports =
            client.WatchTelemetryAsync(cancellationToken: Token).GetAsyncEnumerator(Token);
        Task<bool> moving = reports.MoveNextAsync().AsTask();
        await first.AnswerAsync(await first.ReceiveAsync("telemetry_subscribe"), """{"interval_seconds":5}""");
        first.Close();
        ScriptedAgent second = await _guest.AcceptAsync();
        await second.RefuseAsync(await second.ReceiveAsync("telemetry_subscribe"), -32601, "No such method.");
        GuestAgentException e = await Assert.ThrowsAsync<GuestAgentException>(() => moving.InTime());
        Assert.Equal(-32601, e.Number);
    }

    [Fact]
    public async Task The_end_of_the_connection_ends_the_enumeration_with_its_reason()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        await using IAsyncEnumerator<TelemetryReport> reports =
            client.WatchTelemetryAsync(cancellationToken: Token).GetAsyncEnumerator(Token);
        Task<bool> moving = reports.MoveNextAsync().AsTask();
        await agent.AnswerAsync(await agent.ReceiveAsync("telemetry_subscribe"), """{"interval_seconds":5}""");
        agent.Close();
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => moving.InTime());
        Assert.Equal(ConnectionFailure.Lost, e.Reason);
    }

    [Fact]
    public async Task A_report_that_breaks_its_contract_ends_the_connection()
    {
        (GuestClient client, ScriptedAgent agent) = await _guest.ConnectAsync(GuestClientOptions.Default);
        await using GuestClient _ = client;
        await using IAsyncEnumerator<TelemetryReport> reports =
            client.WatchTelemetryAsync(cancellationToken: Token).GetAsyncEnumerator(Token);
        Task<bool> moving = reports.MoveNextAsync().AsTask();
        await agent.AnswerAsync(await agent.ReceiveAsync("telemetry_subscribe"), """{"interval_seconds":5}""");
        await agent.SendAsync("""{"jsonrpc":"2.0","method":"telemetry","params":{"time_ms":"now"}}""");
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => moving.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3601)]
    public async Task An_interval_out_of_range_is_the_callers_mistake(int seconds)
    {
        (GuestClient client, ScriptedAgent _) = await _guest.ConnectAsync(Quick);
        await using GuestClient open = client;
        Assert.Throws<ArgumentOutOfRangeException>(
            () => client.WatchTelemetryAsync(TimeSpan.FromSeconds(seconds), Token));
    }

    // A round trip: what was sent before it has been delivered.
    private static async Task PingAsync(GuestClient client, ScriptedAgent agent)
    {
        Task pinging = client.PingAsync(Token);
        await agent.AnswerAsync(await agent.ReceiveAsync("ping"), """{"pong":true,"timestamp":1}""");
        await pinging.InTime();
    }

    private static string Events(string kind, int sequence) =>
        $$$"""{"jsonrpc":"2.0","method":"agent_events","params":{"kinds":["{{{kind}}}"],"sequence":{{{sequence}}}}}""";

    private static string Report(long time) =>
        $$"""{"jsonrpc":"2.0","method":"telemetry","params":{"time_ms":{{time}},"uptime_seconds":1,"load_average":[0,0,0],""" +
        """ "cpu":{"busy_percent":0,"user_percent":0,"system_percent":0,"iowait_percent":0,"steal_percent":0,"per_cpu":[0]},""" +
        """ "memory":{"total_kb":1,"available_kb":1,"free_kb":1,"buffers_kb":0,"cached_kb":0},""" +
        """ "swap":{"total_kb":0,"free_kb":0},"disks":[],"filesystems":[],"interfaces":[],""" +
        """ "processes":{"total":1,"running":1,"blocked":0} } }""";
}
