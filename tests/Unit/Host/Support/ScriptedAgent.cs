using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using GuestAgent.Contracts.Agent;
using GuestAgent.Framing;
using GuestAgent.Host;
using Xunit;

namespace GuestAgent.Tests.Unit.Host.Support;

/// <summary>The agent's end of a channel in memory, which says what a test tells it to.</summary>
internal sealed class ScriptedAgent
{
    public const string Instance = "instance-1";

    private readonly DuplexPair _pair;
    private readonly LineFramer _framer = new(32 * 1024 * 1024);

    public ScriptedAgent(int capacityBytes = 1024 * 1024) => _pair = new DuplexPair(capacityBytes);

    public IDuplexPipe HostEnd => _pair.Host;

    /// <summary>The very first byte that the host sent.</summary>
    public byte? FirstByte { get; private set; }

    public static AgentDescription Describe(
        string instance = Instance, string boot = "boot-1", string protocol = "1.0.0", params string[] more) =>
        new("0.1.0", protocol, "linux", ["exec_command", "ping", .. more], instance, boot, null,
            new AgentLimits(1024 * 1024, 64, 64, 32, 300, 1024 * 1024));

    public static string Ready(string instance = Instance, string boot = "boot-1") =>
        $$"""{"jsonrpc":"2.0","method":"agent_ready","params":{{Json(Describe(instance, boot))}}}""";

    public static string Json(AgentDescription description) =>
        JsonSerializer.Serialize(description, GetAgentInfoJson.Default.AgentDescription);

    public static string HelloReply(ScriptedCall hello, AgentDescription? description = null)
    {
        string session = hello.Params.GetProperty("session").GetRawText();
        string agent = Json(description ?? Describe());
        return $$"""{"jsonrpc":"2.0","id":{{hello.Id}},"result":{"agent":{{agent}},"session":{{session}} } }""";
    }

    /// <summary>A client that is attached to this agent, past its hello.</summary>
    public async Task<GuestClient> AttachAsync(GuestClientOptions? options = null, AgentDescription? description = null)
    {
        Task<GuestClient> attaching =
            GuestClient.ConnectAsync(HostEnd, options, TestContext.Current.CancellationToken);
        await SendAsync(Ready());
        await SendAsync(HelloReply(await ReceiveAsync(), description));
        return await attaching.InTime();
    }

    /// <summary>The next line, without empty ones.</summary>
    public async Task<string> ReceiveLineAsync()
    {
        while (true)
        {
            ReadResult read = await _pair.Agent.Input.ReadAsync(TestContext.Current.CancellationToken).InTime();
            ReadOnlySequence<byte> buffer = read.Buffer;
            FirstByte ??= buffer.FirstSpan[0];
            LineStatus status = _framer.TryRead(ref buffer, out ReadOnlySequence<byte> line);
            string text = Encoding.UTF8.GetString(line);
            _pair.Agent.Input.AdvanceTo(buffer.Start, status == LineStatus.NeedMore ? buffer.End : buffer.Start);
            if (text.Length > 0)
            {
                return text;
            }

            Assert.False(read.IsCompleted && status == LineStatus.NeedMore, "the host has closed the channel");
        }
    }

    public async Task<ScriptedCall> ReceiveAsync() => ScriptedCall.Parse(await ReceiveLineAsync());

    public async Task<ScriptedCall> ReceiveAsync(string method)
    {
        ScriptedCall call = await ReceiveAsync();
        Assert.Equal(method, call.Method);
        return call;
    }

    public Task SendAsync(string line) => SendAsync(Encoding.UTF8.GetBytes(line + "\n"));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) =>
        await _pair.Agent.Output.WriteAsync(bytes, TestContext.Current.CancellationToken).InTime();

    public Task AnswerAsync(ScriptedCall call, string resultJson) =>
        SendAsync($$"""{"jsonrpc":"2.0","id":{{call.Id}},"result":{{resultJson}}}""");

    public Task RefuseAsync(ScriptedCall call, int code, string message, string dataJson = "null") =>
        SendAsync($$"""
            {"jsonrpc":"2.0","id":{{call.Id}},"error":{"code":{{code}},"message":"{{message}}","data":{{dataJson}} } }
            """);

    public Task SendOutputAsync(ScriptedCall exec, string stream, long offset, byte[] data) =>
        SendAsync(
            $$"""{"jsonrpc":"2.0","method":"exec_output","params":{"id":{{exec.Id}},"stream":"{{stream}}",""" +
            $$""" "offset":{{offset}},"data":"{{Convert.ToBase64String(data)}}"} }""");

    public static string Exit(
        int code = 0, long stdoutBytes = 0, long stderrBytes = 0, string stdout = "", string encoding = "utf8") =>
        $$"""{"exit_code":{{code}},"signal":null,"stdout":"{{stdout}}","stderr":"","encoding":"{{encoding}}",""" +
        """ "execution_time_ms":12,"timed_out":false,"stdout_truncated":false,"stderr_truncated":false,""" +
        $$""" "stdout_bytes":{{stdoutBytes}},"stderr_bytes":{{stderrBytes}}}""";

    /// <summary>Ends the agent's side.</summary>
    public void Close() => _pair.Agent.Output.Complete();

    /// <summary>Completes when the host has ended its side, cleanly or with the reason.</summary>
    public async Task WaitForHostEndAsync()
    {
        bool ended = false;
        while (!ended)
        {
            Task<bool> reading = SkipAsync();
            await Task.WhenAny(reading).InTime();
            ended = !reading.IsCompletedSuccessfully || await reading;
        }
    }

    private async Task<bool> SkipAsync()
    {
        ReadResult read = await _pair.Agent.Input.ReadAsync(TestContext.Current.CancellationToken);
        _pair.Agent.Input.AdvanceTo(read.Buffer.End);
        return read.IsCompleted;
    }
}
