using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>A host that sends and does not read.</summary>
[Collection(SharedMachine.Name)]
public sealed class SlowHostTests(AgentMachine agent)
{
    private const int Requests = 60;

    // Together 6 MB: more than the port's queue holds, less than limits.max_unread_reply_bytes.
    private const int ReplyBytes = 100_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReadLimit = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_of_a_host_that_does_not_read_for_30_seconds_are_executed_meanwhile_and_all_answered_later()
    {
        await agent.ShellAsync("rm -rf /run/slow && mkdir /run/slow");
        using RawHost host = await agent.AttachAsync();
        List<string> ids = [];
        for (int i = 0; i < Requests; i++)
        {
            string line = string.Create(
                CultureInfo.InvariantCulture, $"head -c {ReplyBytes} /dev/zero | tr '\\0' x; touch /run/slow/{i}");
            ids.Add(await host.PostAsync("exec_command", RawHost.Command("sh", "-c", line)));
            await Task.Delay(Pause, Token);
        }

        // Nothing has been read yet.
        await agent.UntilAsync($"[ $(ls /run/slow | wc -l) = {Requests} ]", "all commands");
        long resident = (await agent.FiguresAsync()).ResidentKiB;
        foreach (string id in ids)
        {
            // They are answered in the order of their ends, which may be another one.
            JsonElement reply = host.FindReply(id) ?? await host.ReceiveReplyAsync(id, ReadLimit);
            Assert.Equal(ReplyBytes, reply.GetProperty("result").GetProperty("stdout").GetString()?.Length);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"resident while the replies waited: {resident} KiB");
        Assert.Empty(host.Junk);
        Assert.Single(host.Messages, Message.IsReady);
    }

    [Fact]
    public async Task A_host_that_leaves_more_replies_unread_than_may_wait_is_attached_anew_and_can_go_on()
    {
        const int MaxUnread = 8 * 1024 * 1024;
        const int OneReply = 1_000_000;
        using RawHost host = await agent.AttachAsync();
        JsonObject command = RawHost.Command("sh", "-c", $"head -c {OneReply} /dev/zero | tr '\\0' x");
        for (int i = 0; i < 2 * MaxUnread / OneReply; i++)
        {
            await host.PostAsync("exec_command", command);
        }

        await agent.UntilAsync(
            "journalctl -q -b -u guest-agent -o cat | grep -q 'does not read'", "the log's word of the overrun");
        await host.ReceiveReadyAsync(ReadLimit);
        await host.ReceiveReadyAsync(ReadLimit);
        await host.CallAsync("ping");
    }

    [Fact]
    public async Task A_slow_reader_of_one_stream_keeps_the_agents_memory_bounded()
    {
        const int MostGrowthKiB = 8 * 1024;
        using RawHost host = await agent.AttachAsync();
        await host.ReceiveReadyAsync();
        long before = (await agent.FiguresAsync()).ResidentKiB;
        JsonObject endless = RawHost.Command("cat", "/dev/zero");
        endless["stream"] = true;
        await host.PostAsync("exec_command", endless);
        await agent.UntilAsync("pgrep -x cat", "the command");

        // What is shown is that something does not happen: growth.
        await Task.Delay(TimeSpan.FromSeconds(2), Token);
        long after = (await agent.FiguresAsync()).ResidentKiB;

        TestContext.Current.TestOutputHelper?.WriteLine($"resident {before} KiB, with a full channel {after} KiB");
        Assert.InRange(after, 0, before + MostGrowthKiB);
    }
}
