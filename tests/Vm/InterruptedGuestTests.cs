using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Host;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>What a host sees when the guest is paused, set back, reset, or loses its agent, while the host stays.</summary>
[Collection(SharedMachine.Name)]
public sealed class InterruptedGuestTests(AgentMachine agent)
{
    private static readonly TimeSpan PauseTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BootLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan NoticeLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan HelloLimit = TimeSpan.FromSeconds(4);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pause_of_the_guest_only_delays_a_stream()
    {
        const int Lines = 20_000;
        using RawHost host = await agent.AttachAsync();
        JsonObject command = RawHost.Command("seq", "-f", "%019g", "1", $"{Lines}");
        command["stream"] = true;
        string id = await host.PostAsync("exec_command", command);
        await host.ReceiveUntilAsync(Message.IsOutput, "output");

        await agent.Machine.StopAsync();
        await Task.Delay(PauseTime, Token);
        await agent.Machine.ContAsync();

        JsonElement reply = await host.ReceiveReplyAsync(id);
        Assert.Equal(Lines * 20, reply.GetProperty("result").GetProperty("stdout_bytes").GetInt64());
        long next = 0;
        foreach (JsonElement output in host.Messages.Where(Message.IsOutput).Select(m => m.GetProperty("params")))
        {
            Assert.Equal(next, output.GetProperty("offset").GetInt64());
            next += output.GetProperty("data").GetBytesFromBase64().Length;
        }

        Assert.Equal(Lines * 20, next);
    }

    [Fact]
    public async Task After_a_restored_snapshot_the_host_that_stayed_is_answered()
    {
        using RawHost host = await agent.AttachAsync();
        await host.CallAsync("ping");
        await agent.Machine.SaveAsync("idle");
        await host.CallAsync("exec_command", RawHost.Command("true"));

        await agent.Machine.LoadAsync("idle");

        await host.CallAsync("ping");
        Assert.Empty(host.Junk);
    }

    [Fact]
    public async Task Requests_that_a_restored_snapshot_repeats_are_answered_under_their_old_ids_and_break_nothing()
    {
        using RawHost host = await agent.AttachAsync();
        await host.CallAsync("ping");

        // Under way when the state is saved: the guest gets it again when the state is restored.
        string pending = await host.PostAsync("exec_command", RawHost.Command("sleep", "1"));
        await agent.UntilAsync("pgrep -x sleep", "the command");
        await agent.Machine.SaveAsync("busy");
        await host.ReceiveReplyAsync(pending);

        await agent.Machine.LoadAsync("busy");

        JsonElement repeated = await host.ReceiveReplyAsync(pending);
        Assert.Equal(0, repeated.GetProperty("result").GetProperty("exit_code").GetInt32());
        await host.CallAsync("ping");
        Assert.Empty(host.Junk);
    }

    [Fact]
    public async Task A_snapshot_restored_in_the_middle_of_a_stream_leaves_a_port_on_which_hello_works()
    {
        using RawHost host = await agent.AttachAsync();
        await host.CallAsync("ping");
        await agent.Machine.SaveAsync("before");
        JsonObject endless = RawHost.Command("cat", "/dev/zero");
        endless["stream"] = true;
        await host.PostAsync("exec_command", endless);
        await host.ReceiveUntilAsync(Message.IsOutput, "output");

        await agent.Machine.LoadAsync("before");

        await HelloAsync(host);
        await host.CallAsync("ping");
    }

    [Fact]
    public async Task The_library_notices_a_restored_snapshot_or_works_on()
    {
        await using GuestClient client = await agent.ConnectAsync();
        await client.PingAsync(Token);
        await agent.Machine.SaveAsync("client");
        await client.ExecuteAsync(new GuestCommand("true"), Token);

        await agent.Machine.LoadAsync("client");

        Assert.True((await client.PingAsync(Token)).Pong);
        Assert.Equal(0, (await client.ExecuteAsync(new GuestCommand("true"), Token)).ExitCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_snapshot_of_a_guest_that_is_left_alone_has_nothing_under_way_that_it_would_do_again(bool isLeftAlone)
    {
        (string up, string go, string done) = ($"/run/up-{isLeftAlone}", $"/run/go-{isLeftAlone}", $"/run/done-{isLeftAlone}");
        await using GuestClient client = await agent.ConnectAsync(new GuestClientOptions { Reconnect = new ReconnectOptions() });
        Task<CommandResult> running = client.ExecuteAsync(
            new GuestCommand("sh", "-c", $": > {up}; until [ -e {go} ]; do sleep 0.1; done; echo x >> {done}")
            {
                Timeout = TimeSpan.FromMinutes(4),
            },
            Token);
        await agent.UntilAsync($"[ -e {up} ]", "the command");

        IAsyncDisposable? rest = null;
        if (isLeftAlone)
        {
            await agent.ShellAsync($": > {go}");
            rest = await client.QuiesceAsync(NoticeLimit, Token);
        }

        await agent.Machine.SaveAsync("quiesce");
        if (rest is not null)
        {
            await rest.DisposeAsync();
        }

        await agent.ShellAsync($": > {go}");
        Assert.Equal(0, (await running).ExitCode);

        await agent.Machine.LoadAsync("quiesce");

        // Set back to the moment of the snapshot: what was under way then is done a second time, and its answer is for nobody.
        Assert.Equal(isLeftAlone ? "1" : "0", await agent.ShellAsync($"cat {done} 2> /dev/null | wc -l"));
        await agent.ShellAsync($": > {go}");
        await agent.UntilAsync($"[ -s {done} ]", "what the command has left");
        Assert.True((await client.PingAsync(Token)).Pong);
        Assert.Equal(0, (await client.ExecuteAsync(new GuestCommand("true"), Token)).ExitCode);
        Assert.Equal("1", await agent.ShellAsync($"wc -l < {done}"));
    }

    [Fact]
    public async Task A_reset_is_heard_as_another_agent_and_ends_what_was_pending()
    {
        GuestClient client = await agent.ConnectAsync(
            new GuestClientOptions { HeartbeatInterval = Timeout.InfiniteTimeSpan });
        await using (client)
        {
            string instance = client.Agent.Instance;
            Task<CommandResult> pending = client.ExecuteAsync(
                new GuestCommand("sleep", "200") { Timeout = TimeSpan.FromSeconds(250) }, Token);
            await agent.UntilAsync("pgrep -x sleep", "the command");

            await agent.Machine.ResetAsync();

            GuestConnectionException end = await client.Closed.WaitAsync(BootLimit, Token);
            Assert.Equal(ConnectionFailure.AgentRestarted, end.Reason);
            await Assert.ThrowsAsync<GuestConnectionException>(() => pending);
            await using GuestClient next = await agent.ConnectAsync();
            Assert.NotEqual(instance, next.Agent.Instance);
            Assert.NotEqual(client.Agent.BootId, next.Agent.BootId);
        }
    }

    [Fact]
    public async Task A_reset_in_the_middle_of_a_stream_shows_no_end_of_file_but_agent_ready()
    {
        using RawHost host = await agent.AttachAsync();
        string before = Message.BootId(await host.ReceiveReadyAsync());
        JsonObject endless = RawHost.Command("cat", "/dev/zero");
        endless["stream"] = true;
        await host.PostAsync("exec_command", endless);
        await host.ReceiveUntilAsync(Message.IsOutput, "output");

        Task<JsonElement> ready = host.ReceiveReadyAsync(BootLimit);
        await agent.Machine.ResetAsync();

        Assert.NotEqual(before, Message.BootId(await ready));
        await host.CallAsync("ping");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_killed_agent_is_restarted_and_announces_itself_to_the_host_that_stayed(bool streaming)
    {
        using RawHost host = await agent.AttachAsync();
        string instance = Message.Instance(await host.ReceiveReadyAsync());
        if (streaming)
        {
            JsonObject endless = RawHost.Command("cat", "/dev/zero");
            endless["stream"] = true;
            await host.PostAsync("exec_command", endless);
            await host.ReceiveUntilAsync(Message.IsOutput, "output");
        }

        int pid = await agent.PidAsync();
        long start = Stopwatch.GetTimestamp();
        Task<JsonElement> ready = host.ReceiveReadyAsync(NoticeLimit);
        await agent.ShellAsync($"kill -9 {pid}");

        Assert.NotEqual(instance, Message.Instance(await ready));
        TestContext.Current.TestOutputHelper?.WriteLine($"back after {Stopwatch.GetElapsedTime(start)}");
        await host.CallAsync("ping");
    }

    // The half line that the host had got before the restore is no longer known in the guest: the first answer may be its end.
    private static async Task HelloAsync(RawHost host)
    {
        for (int attempt = 1; ; attempt++)
        {
            await host.SendAsync("\n"u8.ToArray(), NoticeLimit);
            try
            {
                await host.CallAsync("hello", new JsonObject { ["session"] = host.Session }, HelloLimit);
                return;
            }
            catch (TimeoutException) when (attempt < 5)
            {
                // As the library does: said again until it is answered.
            }
        }
    }
}
