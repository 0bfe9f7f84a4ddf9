using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>
/// A host leaves and the next attaches so quickly that the guest's kernel may show no boundary: then the bytes of both meet.
/// </summary>
[Collection(SharedMachine.Name)]
public sealed class HostSwitchTests(AgentMachine agent)
{
    private const int Switches = 120;

    // Each waits for a full channel.
    private const int SwitchesInStreams = 40;

    // Fixed, so that a failure comes again.
    private const int Seed = 20261121;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(1);

    private static readonly JsonObject SomeCommand = RawHost.Command("/bin/echo", "a \"quoted\" word", "{\"id\":1}", "ü");

    [Fact]
    public async Task A_plain_host_is_answered_behind_the_broken_off_message_of_the_host_before()
    {
        Random random = new(Seed);
        SwitchLog log = new();
        for (int i = 0; i < Switches; i++)
        {
            using RawHost host = await agent.AttachAtOnceAsync();
            JsonElement reply = await log.FollowAsync(i, () => host.CallAsync("ping", limit: AnswerLimit));
            Assert.True(reply.GetProperty("result").GetProperty("pong").GetBoolean());
            log.Add(host);
            byte[] message = RawHost.Encode(host.NextId(), "exec_command", SomeCommand);
            int cut = random.Next(message.Length + 1);
            log.LastCut = cut;
            await host.SendAsync(message.AsMemory(0, cut), AnswerLimit);
        }

        log.Report();
    }

    [Fact]
    public async Task A_host_that_says_hello_is_answered_behind_the_broken_off_message_of_the_host_before()
    {
        Random random = new(Seed);
        SwitchLog log = new();
        for (int i = 0; i < Switches; i++)
        {
            using RawHost host = await agent.AttachAtOnceAsync();
            await log.FollowAsync(i, () => SayHelloAsync(host));
            log.Add(host);
            byte[] message = RawHost.Encode(host.NextId(), "exec_command", SomeCommand);
            int cut = random.Next(message.Length + 1);
            log.LastCut = cut;
            await host.SendAsync(message.AsMemory(0, cut), AnswerLimit);
        }

        log.Report();
    }

    [Fact]
    public async Task After_hello_no_host_gets_the_answer_to_a_request_of_the_same_id_of_the_host_before()
    {
        const string Id = "1";
        SwitchLog log = new();
        for (int i = 0; i < Switches; i++)
        {
            using RawHost host = await agent.AttachAtOnceAsync();
            await log.FollowAsync(i, () => SayHelloAsync(host));
            string word = string.Create(CultureInfo.InvariantCulture, $"host {i}");
            await host.SendAsync(Line(RawHost.Encode(Id, "exec_command", RawHost.Command("echo", word))), AnswerLimit);
            JsonElement reply = await log.FollowAsync(i, () => host.ReceiveReplyAsync(Id, AnswerLimit));
            Assert.True(reply.TryGetProperty("result", out JsonElement result), reply.ToString());
            Assert.Equal(word + "\n", result.GetProperty("stdout").GetString());

            // Answered when the next host is there.
            JsonObject late = RawHost.Command("sh", "-c", "sleep 0.03; echo late");
            await host.SendAsync(Line(RawHost.Encode(Id, "exec_command", late)), AnswerLimit);
        }
    }

    [Fact]
    public async Task A_plain_host_is_answered_behind_the_unread_output_of_the_host_before()
    {
        SwitchLog log = new();
        JsonObject endless = RawHost.Command("cat", "/dev/zero");
        endless["stream"] = true;
        for (int i = 0; i < SwitchesInStreams; i++)
        {
            using RawHost host = await agent.AttachAtOnceAsync();
            // What streams on for the host before is its own affair until somebody says hello: it may fill the channel.
            await log.FollowAsync(i, () => host.CallAsync("ping", limit: AnswerLimit));
            log.Add(host);
            string stream = await host.PostAsync("exec_command", endless);
            await log.FollowAsync(i, () => host.ReceiveUntilAsync(
                message => IsFirstSign(message, stream), "output or refusal", AnswerLimit));
        }

        log.Report();
        await UntilStreamsHaveEndedAsync();
    }

    [Fact]
    public async Task A_host_that_says_hello_is_answered_behind_the_unread_output_of_the_host_before()
    {
        SwitchLog log = new();
        JsonObject endless = RawHost.Command("cat", "/dev/zero");
        endless["stream"] = true;
        for (int i = 0; i < SwitchesInStreams; i++)
        {
            using RawHost host = await agent.AttachAtOnceAsync();
            await log.FollowAsync(i, () => SayHelloAsync(host));
            log.Add(host);
            string stream = await host.PostAsync("exec_command", endless);
            await log.FollowAsync(i, () => host.ReceiveUntilAsync(
                message => IsFirstSign(message, stream), "output or refusal", AnswerLimit));
        }

        log.Report();
        await UntilStreamsHaveEndedAsync();
    }

    [Fact]
    public async Task A_long_reply_comes_whole_however_late_the_kernel_tells_that_the_host_before_has_gone()
    {
        const int Bytes = 1_000_000;
        string digest = await agent.ShellAsync($"head -c {Bytes} /dev/urandom > /run/long && sha256sum < /run/long | cut -c1-64");
        JsonObject command = RawHost.Command("cat", "/run/long");
        command["output_encoding"] = "base64";
        SwitchLog log = new();
        for (int i = 0; i < SwitchesInStreams; i++)
        {
            // The news of the change comes while the reply fills the channel, the more so in a guest that is busy.
            using RawHost host = await agent.AttachAtOnceAsync();
            await log.FollowAsync(i, () => SayHelloAsync(host));
            log.Add(host);
            JsonElement reply = await log.FollowAsync(i, () => host.CallAsync("exec_command", command, AnswerLimit));
            Assert.Equal(digest, Content.Digest(reply.GetProperty("result").GetProperty("stdout").GetBytesFromBase64()));
        }

        log.Report();
    }

    // So many hosts leave commands behind that are still being ended that there may be no place for another.
    private static bool IsFirstSign(JsonElement message, string stream)
        => (Message.IsOutput(message) && message.GetProperty("params").GetProperty("id").GetString() == stream)
            || Message.ReplyId(message) == stream;

    // They are as many as commands may run: the next test would find no place.
    private async Task UntilStreamsHaveEndedAsync()
    {
        await agent.UntilHostIsGoneAsync();
        await agent.UntilAsync("! pgrep -x cat", "end of the commands of hosts that have left");
    }

    private static byte[] Line(byte[] message) => [.. message, (byte)'\n'];

    private static async Task<JsonElement> SayHelloAsync(RawHost host)
    {
        await host.SendAsync("\n"u8.ToArray(), AnswerLimit);
        JsonObject hello = new() { ["session"] = host.Session, ["protocol_version"] = "1.0.0" };
        JsonElement reply = await host.CallAsync("hello", hello, AnswerLimit);
        Assert.Equal(host.Session, reply.GetProperty("result").GetProperty("session").GetString());
        return reply;
    }

    /// <summary>Counts what the hosts of a loop have seen, and says where it failed.</summary>
    private sealed class SwitchLog
    {
        private int _hosts;
        private int _ready;
        private int _junk;
        private int _stale;

        public int LastCut { get; set; }

        public async Task<JsonElement> FollowAsync(int round, Func<Task<JsonElement>> action)
        {
            try
            {
                return await action();
            }
            catch (Exception e) when (e is TimeoutException or IOException)
            {
                throw new TimeoutException(
                    string.Create(CultureInfo.InvariantCulture, $"host {round}, after a cut at byte {LastCut}: {this}"), e);
            }
        }

        public void Add(RawHost host)
        {
            _hosts++;
            _ready += host.Messages.Count(Message.IsReady);
            _junk += host.Junk.Count;
            _stale += host.Messages.Count(
                m => Message.ReplyId(m) is { } id && !id.StartsWith(host.Session + "-", StringComparison.Ordinal));
        }

        public void Report() => TestContext.Current.TestOutputHelper?.WriteLine(ToString());

        public override string ToString()
            => $"{_hosts} hosts, agent_ready {_ready}, lines of others {_junk}, replies to others {_stale}";
    }
}
