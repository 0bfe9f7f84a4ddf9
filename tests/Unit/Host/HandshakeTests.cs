using System.Text;
using GuestAgent.Contracts.Session;
using GuestAgent.Errors;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class HandshakeTests
{
    private readonly ScriptedAgent _agent = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_attach_opens_with_an_empty_line_and_hello()
    {
        Task<GuestClient> attaching = GuestClient.ConnectAsync(_agent.HostEnd, null, Token);
        ScriptedCall hello = await _agent.ReceiveAsync(Hello.Method);
        string session = hello.Params.GetProperty("session").GetString()!;
        Assert.Matches("^[0-9a-f]{32}$", session);
        Assert.Equal($"\"{session}-1\"", hello.Id);
        Assert.Equal(Hello.ProtocolVersion, hello.Params.GetProperty("protocol_version").GetString());
        await _agent.SendAsync(ScriptedAgent.HelloReply(hello));
        await using GuestClient client = await attaching.InTime();
        Assert.Equal(ScriptedAgent.Instance, client.Agent.Instance);
    }

    [Fact]
    public async Task The_first_byte_of_an_attach_is_the_end_of_a_line()
    {
        Task<GuestClient> attaching = GuestClient.ConnectAsync(_agent.HostEnd, null, Token);
        await _agent.ReceiveAsync(Hello.Method);
        _agent.Close();
        await Assert.ThrowsAsync<GuestConnectionException>(() => attaching.InTime());
        Assert.Equal((byte)'\n', _agent.FirstByte);
    }

    [Fact]
    public async Task What_an_earlier_host_left_behind_is_skipped()
    {
        await _agent.SendAsync(Encoding.UTF8.GetBytes("sult\":{\"pong\":true}}\n\n\0\xff\r\n[]\n[1]\n42\n"));
        await _agent.SendAsync("""{"jsonrpc":"2.0","id":"old-7","result":{"session":"old"}}""");
        await _agent.SendAsync("""{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}""");
        await _agent.SendAsync(ScriptedAgent.Ready("an earlier boot"));
        await _agent.SendAsync("""{"jsonrpc":"2.0","method":"exec_output","params":7}""");
        await _agent.SendAsync("""{"return":{}}""");
        await _agent.SendAsync("""{"error":{"class":"GenericError","desc":"for an earlier host"},"id":"old-8"}""");
        await _agent.SendAsync("""{"error":{"class":1,"desc":2}}""");
        await _agent.SendAsync("""{"error":{"\ud800":1}}""");
        await using GuestClient client = await _agent.AttachAsync();
        Assert.Equal(ScriptedAgent.Instance, client.Agent.Instance);
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_stale_line_over_the_limit_is_skipped_too()
    {
        await _agent.SendAsync(new string('x', 20_000));
        await using GuestClient client = await _agent.AttachAsync(new GuestClientOptions { MaxMessageBytes = 8192 });
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task No_answer_within_the_deadline_is_reported()
    {
        var clock = new WatchedClock();
        var options = new GuestClientOptions { TimeProvider = clock };
        Task<GuestClient> attaching = GuestClient.ConnectAsync(_agent.HostEnd, options, Token);
        await _agent.ReceiveAsync(Hello.Method);
        await _agent.SendAsync(ScriptedAgent.Ready());
        clock.Advance(options.HelloDeadline);
        Assert.Equal(ConnectionFailure.NoAnswer, await FailureAsync(attaching));
        await _agent.WaitForHostEndAsync();
    }

    [Theory]
    [InlineData("""{"error":{"class":"GenericError","desc":"QMP input member 'params' is unexpected"},"id":ID}""")]
    [InlineData("""{"id": ID, "error": {"class": "GenericError", "desc": "…"}}""")]
    [InlineData("""{"error":{"class":"GenericError","desc":"JSON parse error, expecting value"}}""")]
    public async Task QEMUs_agent_is_told_apart_long_before_the_deadline(string answer)
    {
        var options = new GuestClientOptions { TimeProvider = new WatchedClock() };
        Task<GuestClient> attaching = GuestClient.ConnectAsync(_agent.HostEnd, options, Token);
        ScriptedCall hello = await _agent.ReceiveAsync(Hello.Method);
        await _agent.SendAsync(answer.Replace("ID", hello.Id, StringComparison.Ordinal));
        Assert.Equal(ConnectionFailure.OtherAgent, await FailureAsync(attaching));
        await _agent.WaitForHostEndAsync();
    }

    [Fact]
    public async Task A_channel_that_is_closed_during_hello_is_lost()
    {
        Task<GuestClient> attaching = GuestClient.ConnectAsync(_agent.HostEnd, null, Token);
        await _agent.ReceiveAsync(Hello.Method);
        _agent.Close();
        Assert.Equal(ConnectionFailure.Lost, await FailureAsync(attaching));
    }

    [Theory]
    [InlineData("2.0.0", ConnectionFailure.Incompatible)]
    [InlineData("", ConnectionFailure.Incompatible)]
    public async Task Another_major_protocol_is_refused(string protocol, ConnectionFailure expected)
    {
        Task<GuestClient> attaching = GuestClient.ConnectAsync(_agent.HostEnd, null, Token);
        ScriptedCall hello = await _agent.ReceiveAsync();
        await _agent.SendAsync(ScriptedAgent.HelloReply(hello, ScriptedAgent.Describe(protocol: protocol)));
        Assert.Equal(expected, await FailureAsync(attaching));
    }

    [Theory]
    [InlineData("""{"session":"another","agent":AGENT}""")]
    [InlineData("""{"session":SESSION}""")]
    [InlineData("""{"session":SESSION,"agent":null}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"\\ud800\"")]
    public async Task A_hello_reply_that_is_none_is_a_violation(string result)
    {
        Task<GuestClient> attaching = GuestClient.ConnectAsync(_agent.HostEnd, null, Token);
        ScriptedCall hello = await _agent.ReceiveAsync();
        await _agent.AnswerAsync(hello, result
            .Replace("AGENT", ScriptedAgent.Json(ScriptedAgent.Describe()), StringComparison.Ordinal)
            .Replace("SESSION", hello.Params.GetProperty("session").GetRawText(), StringComparison.Ordinal));
        Assert.Equal(ConnectionFailure.ProtocolViolation, await FailureAsync(attaching));
    }

    [Fact]
    public async Task A_refused_hello_carries_the_agents_words()
    {
        Task<GuestClient> attaching = GuestClient.ConnectAsync(_agent.HostEnd, null, Token);
        await _agent.RefuseAsync(
            await _agent.ReceiveAsync(), -32008, "The agent speaks 9.", """{"rule":"protocol_version"}""");
        GuestAgentException refused = await Assert.ThrowsAsync<GuestAgentException>(() => attaching.InTime());
        Assert.Equal(ErrorCode.NotSupported, refused.Code);
        Assert.Equal("protocol_version", refused.Detail?.Rule);
    }

    [Fact]
    public async Task A_newer_agent_may_tell_more()
    {
        Task<GuestClient> attaching = GuestClient.ConnectAsync(_agent.HostEnd, null, Token);
        string reply = ScriptedAgent.HelloReply(await _agent.ReceiveAsync());
        await _agent.SendAsync(reply.Replace("\"agent\":{", "\"agent\":{\"mood\":\"good\",", StringComparison.Ordinal));
        await using GuestClient client = await attaching.InTime();
        Assert.Equal("0.1.0", client.Agent.Version);
    }

    [Fact]
    public async Task Giving_up_during_hello_closes_the_channel()
    {
        using var giveUp = new CancellationTokenSource();
        Task<GuestClient> attaching = GuestClient.ConnectAsync(_agent.HostEnd, null, giveUp.Token);
        await _agent.ReceiveAsync();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attaching.InTime());
        await _agent.WaitForHostEndAsync();
    }

    private static async Task<ConnectionFailure> FailureAsync(Task<GuestClient> attaching) =>
        (await Assert.ThrowsAsync<GuestConnectionException>(() => attaching.InTime())).Reason;
}
