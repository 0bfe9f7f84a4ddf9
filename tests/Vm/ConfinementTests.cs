using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Vm.Lab;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>Programs of hosts under a distribution's kernel and systemd, with cgroups that bound what they use.</summary>
public sealed class ConfinementTests(ConfinementMachine guest) : IClassFixture<ConfinementMachine>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_program_is_confined_in_full_and_nothing_is_missing()
    {
        using RawHost host = await guest.AttachAsync();

        JsonElement result = await RunAsync(host, "strict", """
            grep -hE '^(NoNewPrivs|CapBnd)' /proc/self/status | cut -f2
            set -- /proc/[0-9]*; echo $#; (: > /var/tmp/file) 2> /dev/null || echo refused; : > /tmp/file && echo allowed
            wc -l < /proc/sysvipc/shm; tail -n +3 /proc/net/dev | wc -l
            """);

        Assert.Equal(
            ["0000000000000000", "1", "2", "refused", "allowed", "1", "1"],
            result.GetProperty("output").GetString()!.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain(await guest.LogAsync(), line => line.Contains("confined without", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_program_that_uses_up_its_memory_is_killed_and_that_is_told_apart()
    {
        using RawHost host = await guest.AttachAsync();

        JsonElement hungry = await RunAsync(host, "small", "head -c 300000000 /dev/zero | tail");
        JsonElement modest = await RunAsync(host, "small", "kill -9 $$");

        Assert.True(hungry.GetProperty("oom_killed").GetBoolean(), hungry.ToString());
        Assert.Equal((9, false), (modest.GetProperty("signal").GetInt32(), modest.GetProperty("oom_killed").GetBoolean()));
    }

    [Fact]
    public async Task A_fork_bomb_gets_no_more_processes_than_its_rule_says_root_s_too()
    {
        using RawHost host = await guest.AttachAsync();

        JsonElement result = await RunAsync(host, "small", "bomb() { bomb | bomb & }; bomb 2> /dev/null; sleep 2; ls /proc | grep -c '^[0-9]'", 20);
        JsonElement after = await RunAsync(host, "small", "echo served");

        // Either the shell that counts could still be started, or not even that.
        if (result.GetProperty("exit_code").GetInt32() == 0)
        {
            Assert.InRange(int.Parse(result.GetProperty("output").GetString()!.Trim(), System.Globalization.CultureInfo.InvariantCulture), 1, 25);
        }

        Assert.Equal("served\n", after.GetProperty("output").GetString());
        Assert.Equal("0", await guest.ShellAsync("pgrep -c -f [m]ain.sh || true"));
    }

    [Fact]
    public async Task Processor_time_is_bounded()
    {
        using RawHost host = await guest.AttachAsync();

        JsonElement result = await RunAsync(
            host, "small", "cat /sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)/cpu.max; cat /sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)/memory.max");

        Assert.Equal("50000 100000\n67108864\n", result.GetProperty("output").GetString());
    }

    [Fact]
    public async Task The_service_starts_again_where_it_has_moved_itself_and_limits_hold_again()
    {
        using (RawHost host = await guest.AttachAsync())
        {
            await RunAsync(host, "small", "true");
        }

        int before = await guest.PidAsync();
        await guest.ShellAsync($"kill -9 {before}");
        await guest.UntilAsync(
            $"systemctl -q is-active guest-agent && test $(systemctl show -p MainPID --value guest-agent) != {before}", "the next agent");

        using RawHost next = await guest.AttachAsync();
        Assert.True((await RunAsync(next, "small", "head -c 300000000 /dev/zero | tail")).GetProperty("oom_killed").GetBoolean());
        Assert.Equal("", await guest.ShellAsync("find /tmp -maxdepth 1 -name 'workload-*'; grep workload- /proc/self/mountinfo || true"));
    }

    [Fact]
    public async Task Where_the_kernel_has_no_Landlock_a_program_runs_without_or_is_refused_as_its_rule_says()
    {
        using InjectDirectory inject = AgentInstallation.Service(ConfinementMachine.Configuration);
        await using VirtualMachine machine = await VirtualMachine.StartAsync(
            new VirtualMachineOptions { InjectDirectory = inject.Path, KernelParameters = "lsm=capability" },
            TestContext.Current.CancellationToken);
        using RawHost host = await RawHost.AttachAsync(
            machine.PortSocket(AgentInstallation.Port), "s", TestContext.Current.CancellationToken);
        await host.ReceiveReadyAsync();

        Assert.Equal("ran\n", (await RunAsync(host, "small", "echo ran")).GetProperty("output").GetString());
        JsonElement refused = await host.CallAsync(
            "run_workload", new JsonObject { ["runtime"] = "strict", ["code"] = "echo ran" }, Limit);
        Assert.Contains("without Landlock", refused.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> RunAsync(RawHost host, string runtime, string code, double seconds = 60)
    {
        JsonElement reply = await host.CallAsync(
            "run_workload",
            new JsonObject { ["runtime"] = runtime, ["code"] = code, ["timeout_seconds"] = seconds },
            Limit);
        return reply.TryGetProperty("result", out JsonElement result)
            ? result
            : reply.GetProperty("error").GetProperty("data").GetProperty("result");
    }
}
