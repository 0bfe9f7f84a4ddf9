using System.Text.Json;
using GuestAgent.Contracts.Agent;
using GuestAgent.Contracts.Info;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class HostileAgentTests
{
    private readonly ScriptedAgent _agent = new(capacityBytes: 64 * 1024 * 1024);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("junk")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""[{"jsonrpc":"2.0","method":"agent_ready"}]""")]
    [InlineData("42")]
    [InlineData("{}")]
    [InlineData("""{"jsonrpc":"1.0","method":"x"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"x","extra":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":{},"result":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]],"result":1}""")]
    [InlineData("\u0000\u0001")]
    [InlineData("""{"jsonrpc":"2.0","method":"\ud800"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"agent_ready","params":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"agent_ready"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"exec_output","params":[]}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"exec_output","params":{"id":"x","stream":"stdin","offset":0,"data":""}}""")]
    public async Task What_is_no_message_ends_the_connection(string line)
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        await _agent.SendAsync(line);
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => pinging.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
        Assert.Equal(ConnectionFailure.ProtocolViolation, (await client.Closed.InTime()).Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \r")]
    [InlineData("""{"jsonrpc":"2.0","id":"not-mine-1","result":{"pong":false,"timestamp":0}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":1}""")]
    [InlineData("""{"jsonrpc":"2.0","result":1}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"telemetry","params":{"load":1}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":5,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"exec_output","params":{"id":"gone","stream":"stdout","offset":9,"data":"AAAA"}}""")]
    public async Task What_nobody_waits_for_is_ignored(string line)
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        ScriptedCall call = await _agent.ReceiveAsync("ping");
        await _agent.SendAsync(line);
        await _agent.AnswerAsync(call, """{"pong":true,"timestamp":1}""");
        Assert.True((await pinging.InTime()).Pong);
        Assert.False(client.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_duplicate_reply_is_ignored()
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult> first = client.PingAsync(Token);
        ScriptedCall call = await _agent.ReceiveAsync("ping");
        await _agent.AnswerAsync(call, """{"pong":true,"timestamp":1}""");
        await _agent.AnswerAsync(call, """{"pong":true,"timestamp":2}""");
        Assert.Equal(1, (await first.InTime()).Timestamp);
        Task<PingResult> second = client.PingAsync(Token);
        await _agent.AnswerAsync(await _agent.ReceiveAsync("ping"), """{"pong":true,"timestamp":3}""");
        Assert.Equal(3, (await second.InTime()).Timestamp);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"pong":"yes","timestamp":1}""")]
    [InlineData("""{"pong":true,"timestamp":1e999}""")]
    [InlineData("""{"pong":true,"pong":true,"timestamp":1}""")]
    public async Task A_result_that_breaks_its_contract_is_a_violation(string result)
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        await _agent.AnswerAsync(await _agent.ReceiveAsync("ping"), result);
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => pinging.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
        await client.Closed.InTime();
    }

    [Fact]
    public async Task A_number_beyond_all_bounds_is_a_violation()
    {
        // Infinity could not be printed as JSON again.
        await using GuestClient client = await _agent.AttachAsync();
        Task<DiskUsage> asking = client.GetDiskUsageAsync(Token);
        await _agent.AnswerAsync(await _agent.ReceiveAsync("get_disk_usage"), """
            {"filesystems":[{"mount_point":"/","device":"d","fs_type":"ext4","total_bytes":1,"used_bytes":1,"available_bytes":1,"used_percent":1e400,"inodes_total":null,"inodes_used":null,"read_only":false}],"unavailable":[]}
            """.Trim());
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => asking.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"code":1.5,"message":"x"}""")]
    [InlineData("""{"code":99999999999,"message":"x"}""")]
    [InlineData("""{"code":1,"message":null}""")]
    public async Task An_error_that_is_none_is_a_violation(string error)
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<PingResult> pinging = client.PingAsync(Token);
        ScriptedCall call = await _agent.ReceiveAsync("ping");
        await _agent.SendAsync($$"""{"jsonrpc":"2.0","id":{{call.Id}},"error":{{error}} }""");
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(() => pinging.InTime());
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
    }

    [Fact]
    public async Task A_huge_line_ends_the_connection_before_it_is_held()
    {
        var options = new GuestClientOptions { MaxMessageBytes = 64 * 1024 };
        await using GuestClient client = await _agent.AttachAsync(options);
        byte[] endless = new byte[256 * 1024];
        endless.AsSpan().Fill((byte)'a');
        await _agent.SendAsync(endless);
        Assert.Equal(ConnectionFailure.ProtocolViolation, (await client.Closed.InTime()).Reason);
    }

    [Fact]
    public async Task A_message_of_the_full_length_is_read()
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<JsonElement> calling = client.CallAsync("big", cancellationToken: Token);
        ScriptedCall call = await _agent.ReceiveAsync("big");
        string head = $$"""{"jsonrpc":"2.0","id":{{call.Id}},"result":"{{""}}""";
        int length = GuestClientOptions.Default.MaxMessageBytes - head.Length - 2;
        await _agent.SendAsync(head + new string('x', length) + "\"}");
        Assert.Equal(length, (await calling.InTime()).GetString()!.Length);
    }
}
