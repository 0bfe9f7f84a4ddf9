using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>Hosts that come and go, and the time in which there is none.</summary>
[Collection(SharedQuietMachine.Name)]
public sealed class AttachTests(AgentMachine agent)
{
    // A guest under emulation needs 40 ms for a command; a wake-up a second would be a timer.
    private const long MostIdleTicks = 1;
    private const long MostIdleSwitches = 15;

    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_host_that_attached_before_the_agent_hears_it_start_and_has_its_early_request_answered()
    {
        await agent.StopServiceAsync();
        using RawHost host = await agent.AttachAsync();
        string early = await host.PostAsync("ping");

        await agent.StartServiceAsync();

        await host.ReceiveReadyAsync();
        await host.ReceiveReplyAsync(early);
        Assert.Equal(["agent_ready", null], host.Messages.Select(Message.Method));
        Assert.Empty(host.Junk);
    }

    [Fact]
    public async Task Each_attach_hears_agent_ready_of_the_same_agent_and_is_answered()
    {
        List<string> instances = [];
        for (int i = 0; i < 5; i++)
        {
            await agent.UntilHostIsGoneAsync();
            long start = Stopwatch.GetTimestamp();
            using RawHost host = await agent.AttachAtOnceAsync();
            instances.Add(Message.Instance(await host.ReceiveReadyAsync()));
            await host.CallAsync("ping");
            TestContext.Current.TestOutputHelper?.WriteLine($"answered after {Stopwatch.GetElapsedTime(start)}");
        }

        Assert.Single(instances.Distinct());
    }

    [Fact]
    public async Task A_host_that_leaves_in_a_stream_leaves_nothing_for_the_next_one()
    {
        string stream;
        using (RawHost first = await agent.AttachAsync())
        {
            await first.ReceiveReadyAsync();
            JsonObject endless = RawHost.Command("cat", "/dev/zero");
            endless["stream"] = true;
            stream = await first.PostAsync("exec_command", endless);
            await first.ReceiveUntilAsync(Message.IsOutput, "output");
        }

        // Its command ends with it; then the agent has certainly seen it go.
        await agent.UntilAsync("! pgrep -x cat", "end of the command of the host that left");
        using RawHost second = await agent.AttachAsync();
        await second.ReceiveReadyAsync();
        JsonElement reply = await second.CallAsync("ping");

        Assert.True(reply.GetProperty("result").GetProperty("pong").GetBoolean());
        Assert.Equal(["agent_ready", null], second.Messages.Select(Message.Method));
        Assert.DoesNotContain(second.Messages, message => Message.ReplyId(message) == stream);
        Assert.Empty(second.Junk);
    }

    [Fact]
    public async Task A_host_that_leaves_in_a_large_reply_leaves_nothing_for_the_next_one()
    {
        string large;
        using (RawHost first = await agent.AttachAsync())
        {
            await first.ReceiveReadyAsync();
            await agent.ShellAsync("rm -f /run/done");
            large = await first.PostAsync(
                "exec_command", RawHost.Command("sh", "-c", "head -c 1000000 /dev/zero | tr '\\0' x; touch /run/done"));
            await agent.UntilAsync("[ -e /run/done ]", "end of the command");
        }

        using RawHost second = await agent.AttachAsync();
        await second.ReceiveReadyAsync();
        await second.CallAsync("ping");

        Assert.DoesNotContain(second.Messages, message => Message.ReplyId(message) == large);
        Assert.Empty(second.Junk);
    }

    [Fact]
    public async Task Without_a_host_the_agent_sleeps_and_logs_nothing()
    {
        // An agent that has carried much before may still be giving memory back.
        await agent.StopServiceAsync();
        await agent.StartServiceAsync();
        using (RawHost host = await agent.AttachAsync())
        {
            await host.CallAsync("exec_command", RawHost.Command("true"));
        }

        await agent.UntilHostIsGoneAsync();
        await Task.Delay(SettleTime, TestContext.Current.CancellationToken);
        int lines = (await agent.LogAsync()).Count;
        ProcessFigures before = await agent.FiguresAsync();

        await Task.Delay(IdleTime, TestContext.Current.CancellationToken);

        ProcessFigures used = await agent.FiguresAsync() - before;
        TestContext.Current.TestOutputHelper?.WriteLine($"{used}");
        Assert.InRange(used.CpuTicks, 0, MostIdleTicks);
        Assert.InRange(used.Switches, 0, MostIdleSwitches);
        Assert.Equal(lines, (await agent.LogAsync()).Count);
    }
}
