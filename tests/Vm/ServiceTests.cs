using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>The agent under systemd: cgroups, stop, and a port that somebody else holds.</summary>
[Collection(SharedQuietMachine.Name)]
public sealed class ServiceTests(AgentMachine agent)
{
    private const int TimedOut = -32003;

    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_command_runs_in_a_cgroup_of_its_own_below_the_service()
    {
        using RawHost host = await agent.AttachAsync();
        const string Line = "until grep -q command- /proc/self/cgroup; do sleep 0.05; done; cat /proc/self/cgroup";

        JsonElement reply = await host.CallAsync("exec_command", RawHost.Command("sh", "-c", Line));

        Assert.Matches(
            @"^0::/system\.slice/guest-agent\.service/.*command-\d+-\d+\n$",
            reply.GetProperty("result").GetProperty("stdout").GetString());
    }

    [Fact]
    public async Task The_time_limit_of_a_command_ends_its_daemons_too()
    {
        // A command gets its cgroup when it has run for a tenth of a second; what has left its session before is not found.
        const string Line = "sleep 0.5; setsid sh -c 'setsid sleep 1234 & exit'; sleep 100";
        using RawHost host = await agent.AttachAsync();
        JsonObject command = RawHost.Command("sh", "-c", Line);
        command["timeout_seconds"] = 2;
        string id = await host.PostAsync("exec_command", command);
        await agent.UntilAsync("pgrep -f '^sleep 1234'", "the daemon");

        JsonElement reply = await host.ReceiveReplyAsync(id);

        Assert.Equal(TimedOut, reply.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal("", await agent.ShellAsync("pgrep -f '^sleep 1234' || true"));
    }

    [Fact]
    public async Task No_cgroup_of_an_ended_command_is_left()
    {
        using RawHost host = await agent.AttachAsync();
        await host.CallAsync("exec_command", RawHost.Command("sleep", "0.5"));

        await agent.UntilAsync(
            "! ls -d /sys/fs/cgroup/system.slice/guest-agent.service/command-* 2> /dev/null", "removal of the cgroup");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sleep 100")]
    [InlineData("trap '' TERM; while :; do sleep 1; done")]
    public async Task The_service_stops_in_time_and_in_order(string? running)
    {
        await agent.StartServiceAsync();
        using RawHost host = await agent.AttachAsync();
        string? pending = null;
        if (running is not null)
        {
            pending = await host.PostAsync(
                "exec_command", RawHost.Command("sh", "-c", $"touch /run/started; {running}"));
            await agent.UntilAsync("[ -e /run/started ]", "the command");
        }

        long start = Stopwatch.GetTimestamp();
        await agent.StopServiceAsync();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);

        TestContext.Current.TestOutputHelper?.WriteLine($"stopped in {elapsed}");
        Assert.Equal("success", await agent.PropertyAsync("Result"));
        Assert.Equal("0", await agent.PropertyAsync("ExecMainStatus"));
        Assert.InRange(elapsed, TimeSpan.Zero, StopLimit);
        if (pending is not null)
        {
            // What was cancelled by the stop is answered.
            await host.ReceiveReplyAsync(pending);
        }

        await agent.ShellAsync("rm -f /run/started");
        await agent.StartServiceAsync();
    }

    [Fact]
    public async Task A_service_whose_host_does_not_read_stops_in_time()
    {
        using RawHost host = await agent.AttachAsync();
        JsonObject endless = RawHost.Command("cat", "/dev/zero");
        endless["stream"] = true;
        await host.PostAsync("exec_command", endless);
        await agent.UntilAsync("pgrep -x cat", "the command");

        long start = Stopwatch.GetTimestamp();
        await agent.StopServiceAsync();

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        TestContext.Current.TestOutputHelper?.WriteLine($"stopped in {elapsed}");
        Assert.Equal("0", await agent.PropertyAsync("ExecMainStatus"));
        Assert.InRange(elapsed, TimeSpan.Zero, StopLimit);
        await agent.StartServiceAsync();
    }

    [Fact]
    public async Task A_port_that_another_process_holds_is_reported_with_its_name_and_taken_over_when_free()
    {
        await agent.StopServiceAsync();
        await agent.ShellAsync(
            "systemd-run -q --unit=holder sh -c 'exec sleep 1000 3<> /dev/virtio-ports/org.guestagent.0'");
        await agent.UntilAsync("[ \"$(cat /proc/$(systemctl show -p MainPID --value holder)/comm)\" = sleep ]", "the holder");
        string holder = await agent.ShellAsync("systemctl show -p MainPID --value holder");

        await agent.StartServiceAsync();

        await agent.UntilAsync(
            $"journalctl -q -b -u guest-agent -o cat | grep -qF 'is held by sleep (pid {holder})'", "the log's word");
        await agent.ShellAsync("systemctl stop holder");
        using RawHost host = await agent.AttachAsync();
        await host.ReceiveReadyAsync();
        await host.CallAsync("ping");
    }
}
