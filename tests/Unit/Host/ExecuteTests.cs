using System.Text.Json;
using GuestAgent.Errors;
using GuestAgent.Host;
using GuestAgent.Tests.Unit.Host.Support;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class ExecuteTests
{
    private readonly ScriptedAgent _agent = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_goes_out_in_the_protocols_words()
    {
        await using GuestClient client = await _agent.AttachAsync();
        var command = new GuestCommand("sh", "-c", "true")
        {
            Timeout = TimeSpan.FromSeconds(2.5),
            WorkingDirectory = "/tmp",
            Environment = new Dictionary<string, string> { ["A"] = "1" },
            User = "app",
            Group = "www",
            StandardInput = new byte[] { 0xff, 0 },
            MaxOutputBytes = 100,
        };
        Task<CommandResult> running = client.ExecuteAsync(command, Token);
        ScriptedCall call = await _agent.ReceiveAsync("exec_command");
        JsonElement expected = JsonElement.Parse("""
            {"command":"sh","args":["-c","true"],"timeout_seconds":2.5,"capture_output":true,"working_directory":"/tmp",
             "env":{"A":"1"},"user":"app","group":"www","stdin":"/wA=","stdin_encoding":"base64","stdin_open":false,
             "stream":false,"window_bytes":null,"output_encoding":"auto","max_output_bytes":100}
            """);
        Assert.True(JsonElement.DeepEquals(expected, call.Params), call.Params.GetRawText());
        await _agent.AnswerAsync(call, ScriptedAgent.Exit());
        Assert.True((await running.InTime()).Succeeded);
    }

    [Theory]
    [InlineData("gr\u00fc\\u00fc\\n", "utf8", new byte[] { 0x67, 0x72, 0xc3, 0xbc, 0xc3, 0xbc, 0x0a })]
    [InlineData("AP8=", "base64", new byte[] { 0x00, 0xff })]
    public async Task Output_is_exact_in_both_encodings(string text, string encoding, byte[] expected)
    {
        CommandResult result = await AnswerAsync(ScriptedAgent.Exit(3, expected.Length, 0, text, encoding));
        Assert.Equal(expected, result.StandardOutput.ToArray());
        Assert.Equal(3, result.ExitCode);
        Assert.False(result.Succeeded);
        Assert.Equal(TimeSpan.FromMilliseconds(12), result.Exit.Duration);
    }

    [Theory]
    [InlineData("\"exit_code\":0", "\"exit_code\":256")]
    [InlineData("\"exit_code\":0", "\"exit_code\":-2")]
    [InlineData("\"signal\":null", "\"signal\":0")]
    [InlineData("\"signal\":null", "\"signal\":65")]
    [InlineData("\"execution_time_ms\":12", "\"execution_time_ms\":9223372036854775807")]
    [InlineData("\"execution_time_ms\":12", "\"execution_time_ms\":-1")]
    [InlineData("\"stdout_bytes\":0", "\"stdout_bytes\":-1")]
    [InlineData("\"encoding\":\"utf8\"", "\"encoding\":\"auto\"")]
    [InlineData("\"stdout\":\"\",\"stderr\":\"\",\"encoding\":\"utf8\"", "\"stdout\":\"!\",\"stderr\":\"\",\"encoding\":\"base64\"")]
    public async Task A_result_that_cannot_be_is_a_violation(string sense, string nonsense)
    {
        GuestConnectionException e = await Assert.ThrowsAsync<GuestConnectionException>(
            () => AnswerAsync(ScriptedAgent.Exit().Replace(sense, nonsense, StringComparison.Ordinal)));
        Assert.Equal(ConnectionFailure.ProtocolViolation, e.Reason);
    }

    [Fact]
    public async Task A_time_out_brings_the_partial_result()
    {
        GuestCommandException e =
            await RefusedAsync(-32003, ScriptedAgent.Exit(-1, 4, 0, "half"));
        Assert.Equal(ErrorCode.TimedOut, e.Code);
        Assert.Equal("half", e.PartialResult!.OutputText);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("""{"result":7}""")]
    [InlineData("""{"exit_code":0}""")]
    public async Task A_time_out_without_a_usable_result_is_still_a_time_out(string data)
    {
        GuestCommandException e = await RefusedAsync(-32003, data);
        Assert.Equal(ErrorCode.TimedOut, e.Code);
        Assert.Null(e.PartialResult);
    }

    [Fact]
    public async Task The_host_waits_for_the_commands_limit_and_the_margin()
    {
        var clock = new WatchedClock();
        var options = new GuestClientOptions { TimeProvider = clock, HeartbeatInterval = Timeout.InfiniteTimeSpan };
        await using GuestClient client = await _agent.AttachAsync(options);
        Task<CommandResult> running =
            client.ExecuteAsync(new("sleep", "99") { Timeout = TimeSpan.FromSeconds(7) }, Token);
        await _agent.ReceiveAsync("exec_command");
        TimeSpan limit = TimeSpan.FromSeconds(7) + options.CallMargin;
        await clock.WaitForTimerAsync(limit);
        clock.Advance(limit);
        await Assert.ThrowsAsync<GuestCallTimeoutException>(() => running.InTime());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_limit_of_its_own_the_request_has_none_and_the_guest_decides(bool streamed)
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task running = RunAsync(client, new("sleep", "99"), streamed);
        ScriptedCall call = await _agent.ReceiveAsync("exec_command");
        Assert.False(call.Params.TryGetProperty("timeout_seconds", out _));
        await _agent.AnswerAsync(call, ScriptedAgent.Exit());
        await running.InTime();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_limit_at_all_is_asked_for_and_the_host_waits_as_long(bool streamed)
    {
        var clock = new WatchedClock();
        var options = new GuestClientOptions { TimeProvider = clock, HeartbeatInterval = Timeout.InfiniteTimeSpan };
        await using GuestClient client = await _agent.AttachAsync(options);
        Task running = RunAsync(client, new("sleep", "99") { Timeout = Timeout.InfiniteTimeSpan }, streamed);
        ScriptedCall call = await _agent.ReceiveAsync("exec_command");
        Assert.Equal(0, call.Params.GetProperty("timeout_seconds").GetDouble());
        clock.Advance(TimeSpan.FromDays(400));
        await _agent.AnswerAsync(call, ScriptedAgent.Exit());
        await running.InTime();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(31 * 24 * 3600)]
    public void What_is_no_time_limit_is_refused_at_once(double seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuestCommand("x") { Timeout = TimeSpan.FromSeconds(seconds) });

    private static async Task RunAsync(GuestClient client, GuestCommand command, bool streamed)
    {
        if (!streamed)
        {
            await client.ExecuteAsync(command, Token);
            return;
        }

        await using GuestProcess process = await client.StartAsync(command, Token);
        await process.Completion;
    }

    private async Task<CommandResult> AnswerAsync(string result)
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<CommandResult> running = client.ExecuteAsync(new("x"), Token);
        await _agent.AnswerAsync(await _agent.ReceiveAsync("exec_command"), result);
        return await running.InTime();
    }

    private async Task<GuestCommandException> RefusedAsync(int code, string data)
    {
        await using GuestClient client = await _agent.AttachAsync();
        Task<CommandResult> running = client.ExecuteAsync(new("x"), Token);
        await _agent.RefuseAsync(await _agent.ReceiveAsync("exec_command"), code, "No.", data);
        return await Assert.ThrowsAsync<GuestCommandException>(() => running.InTime());
    }
}
