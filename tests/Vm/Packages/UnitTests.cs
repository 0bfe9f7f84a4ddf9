using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CliWrap;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Vm.Lab;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>The packaged service: its unit, its drop-in, its devices and its neighbour.</summary>
[Collection(SharedPackageMachine.Name)]
public sealed partial class UnitTests(PackageMachine guest)
{
    private const int Unavailable = 69;
    private const string OtherPort = "org.qemu.guest_agent.0";
    private const string TwoPorts = """
        {"listeners": [
          {"transport": "virtio-serial", "port": "org.guestagent.0", "dialect": "jsonrpc"},
          {"transport": "virtio-serial", "port": "org.qemu.guest_agent.0", "dialect": "jsonrpc"}]}
        """;

    private const string Device = "port2";
    private const string Chardev = "p2";
    private const string PortUnit = @"'dev-virtio\x2dports-org.guestagent.0.device'";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_unit_has_no_fault_with_and_without_the_drop_in_that_locks_it_down()
    {
        await guest.HaveAsync(PackageMachine.Newer);
        Assert.Equal("", await guest.ShellAsync("systemd-analyze verify --man=no guest-agent.service 2>&1"));
        string open = await ExposureAsync();

        await guest.ShellAsync(
            $"install -D -m 644 -t /etc/systemd/system/guest-agent.service.d {PackageMachine.Place}/locked-down.conf && "
            + "systemctl daemon-reload && systemctl restart guest-agent");

        Assert.Equal("", await guest.ShellAsync("systemd-analyze verify --man=no guest-agent.service 2>&1"));
        using RawHost host = await guest.AttachAsync();
        await host.CallAsync("ping");
        JsonElement reply = await host.CallAsync("get_agent_info");
        Assert.Equal("linux", reply.GetProperty("result").GetProperty("platform").GetString());
        string locked = await ExposureAsync();
        string manual = await File.ReadAllTextAsync(SourceFile.Find("packaging", "man", "guest-agent.8"), Token);
        Assert.Contains($"rates the service {open} without it and {locked} with it", manual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_guest_tells_is_the_same_with_and_without_the_drop_in_that_locks_it_down()
    {
        await guest.HaveAsync(PackageMachine.Newer);
        // A sandbox makes all mounts read-only for the agent; the guest has made one so itself.
        await guest.ShellAsync("mkdir -p /mnt/half && mount --bind /usr /mnt/half && mount -o remount,bind,ro /mnt/half");
        JsonObject open = await TellAllAsync();

        await guest.ShellAsync(
            $"install -D -m 644 -t /etc/systemd/system/guest-agent.service.d {PackageMachine.Place}/locked-down.conf && "
            + "systemctl daemon-reload && systemctl restart guest-agent");

        JsonObject locked = await TellAllAsync();
        Assert.Equal(open.ToJsonString(), locked.ToJsonString());
        Assert.Equal(
            await guest.ShellAsync("timedatectl show -p NTPSynchronized --value"),
            open["time_get"]!["synchronized"]!.GetValue<bool>() ? "yes" : "no");
        Assert.Equal(
            ["/ False", "/mnt/half True"],
            open["get_disk_usage"]!["filesystems"]!.AsArray()
                .Select(row => $"{row!["mount_point"]} {(row["read_only"]!.GetValue<bool>() ? "True" : "False")}")
                .Where(row => row.Split(' ')[0] is "/" or "/mnt/half"));
    }

    [Fact]
    public async Task The_unit_waits_for_no_network_and_tells_systemd_what_it_may_expect()
    {
        await guest.HaveAsync(PackageMachine.Newer);
        foreach ((string name, string value) in new[]
            {
                ("Type", "notify"),
                ("Restart", "always"),
                ("RestartUSec", "500ms"),
                ("StartLimitIntervalUSec", "0"),
                ("WatchdogUSec", "1min"),
                ("Delegate", "yes"),
                ("OOMScoreAdjust", "-500"),
            })
        {
            Assert.Equal((name, value), (name, await guest.PropertyAsync(name)));
        }

        string dependencies = await guest.ShellAsync("systemctl show -p Requires,Requisite,Wants,BindsTo,After guest-agent");
        Assert.DoesNotContain("network", dependencies, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_has_none_of_the_protection_that_the_agent_has_when_memory_runs_out()
    {
        await guest.HaveAsync(PackageMachine.Newer);
        await guest.AllowAnyCommandAsync();
        using RawHost host = await guest.AttachAsync();
        foreach (string? user in new[] { null, "nobody" })
        {
            JsonObject command = RawHost.Command("cat", "/proc/self/oom_score_adj");
            command["user"] = user;
            JsonElement reply = await host.CallAsync("exec_command", command);
            Assert.Equal("0\n", reply.GetProperty("result").GetProperty("stdout").GetString());
        }

        Assert.Equal("-500", await guest.ShellAsync($"cat /proc/{await guest.PidAsync()}/oom_score_adj"));
    }

    // With KillMode=process systemd leaves everything of a dead service alone: then it is for the agent to end.
    [Theory]
    [InlineData("mixed", "Killing process")]
    [InlineData("process", "ending a command that a former agent has left running")]
    public async Task After_a_kill_nothing_is_left_of_the_commands(string killMode, string who)
    {
        await guest.HaveAsync(PackageMachine.Newer);
        await guest.AllowAnyCommandAsync();
        await guest.ShellAsync(
            "mkdir -p /etc/systemd/system/guest-agent.service.d && "
            + $"printf '[Service]\nKillMode={killMode}\n' > /etc/systemd/system/guest-agent.service.d/kill.conf && "
            + "systemctl daemon-reload && systemctl restart guest-agent");
        int former;
        using (RawHost host = await guest.AttachAsync())
        {
            foreach (string? user in new[] { null, "nobody" })
            {
                JsonObject command = RawHost.Command(
                    "sh", "-c", "until grep -q command- /proc/self/cgroup; do sleep 0.05; done; setsid sh -c 'sleep 4321 & exit'; exec sleep 4321");
                command["user"] = user;
                await host.PostAsync("exec_command", command);
            }

            await guest.UntilAsync("[ \"$(pgrep -cxf 'sleep 4321')\" = 4 ]", "two commands and what they have left in the background");
            former = await guest.PidAsync();

            await guest.ShellAsync($"kill -9 {former}");
        }

        await guest.UntilAsync(
            $"systemctl -q is-active guest-agent && [ \"$(systemctl show -p MainPID --value guest-agent)\" != {former} ]", "the next agent");
        await guest.UntilAsync("! pgrep -xf 'sleep 4321'", "the end of all that the commands had started");
        await guest.UntilAsync("[ -z \"$(ls -A /var/lib/guest-agent/commands)\" ]", "no records of the former agent");
        Assert.Contains(who, await guest.ShellAsync("journalctl --no-pager -b -u guest-agent"), StringComparison.Ordinal);
        using RawHost next = await guest.AttachAsync();
        await next.CallAsync("ping");
    }

    [Fact]
    public async Task A_port_that_is_plugged_later_starts_the_service_unless_it_is_disabled()
    {
        await guest.HaveAsync(PackageMachine.Newer);
        // The lab's rule makes units of all ports; here the package's own has to.
        await guest.ShellAsync("rm -f /etc/udev/rules.d/60-qemu-guest-agent.rules; udevadm control --reload");
        await guest.StopServiceAsync();
        await ReplugAsync();
        await guest.UntilAsync("systemctl -q is-active guest-agent", "the service");

        await guest.ShellAsync("systemctl disable --quiet --now guest-agent");
        await ReplugAsync();

        Assert.Equal("inactive", await guest.ShellAsync("systemctl is-active guest-agent || true"));
        await guest.ShellAsync("systemctl enable --quiet --now guest-agent");
        using RawHost host = await guest.AttachAsync();
        await host.CallAsync("ping");
    }

    [Theory]
    [InlineData("dpkg -i", "deb")]
    [InlineData("rpm -U --nodeps", "rpm")]
    public async Task Vsock_that_is_there_before_the_package_is_a_unit_with_it(string install, string kind)
    {
        await guest.ClearAsync();
        await UnloadVsockAsync();
        await guest.ShellAsync("modprobe vsock && udevadm settle");
        Assert.Equal("inactive", await guest.ShellAsync("systemctl is-active dev-vsock.device || true"));

        await guest.ShellAsync($"{install} {PackageMachine.Place}/newer.{kind}");

        await guest.UntilAsync("systemctl -q is-active dev-vsock.device", "the device's unit");
    }

    [Fact]
    public async Task Vsock_that_comes_later_starts_the_service()
    {
        await guest.HaveAsync(PackageMachine.Newer);
        await guest.StopServiceAsync();
        await UnloadVsockAsync();

        await guest.ShellAsync("modprobe vsock");

        await guest.UntilAsync("systemctl -q is-active guest-agent", "the service");
    }

    [Fact]
    public async Task When_QEMUs_agent_holds_its_port_guestctl_says_so_there_and_on_any_other_channel()
    {
        await guest.HaveAsync(PackageMachine.Newer);
        await guest.StopServiceAsync();
        await guest.Machine.PushAsync(
            Encoding.UTF8.GetBytes(TwoPorts), "/etc/guest-agent/config.json", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await guest.ShellAsync(
            "systemd-run -q --unit=holder qemu-ga -m virtio-serial -p /dev/virtio-ports/org.guestagent.0 -t /run");
        string pid = await guest.ShellAsync("systemctl show -p MainPID --value holder");
        await guest.UntilAsync($"ls -l /proc/{pid}/fd | grep -q vport", "the holder");
        try
        {
            await guest.StartServiceAsync();

            ProgramRun held = await GuestctlAsync(guest.Socket, "ping");
            ProgramRun json = await GuestctlAsync(guest.Socket, "--json", "ping");
            ProgramRun other = await GuestctlAsync(guest.Machine.PortSocket(OtherPort), "info");

            Assert.Equal((Unavailable, ""), (held.ExitCode, held.Output));
            Assert.Matches("^guestctl: QEMU's guest agent answers on this channel[^\n]*\n$", held.Error);
            Assert.Contains("\"kind\":\"other_agent\"", json.Output, StringComparison.Ordinal);
            // Without waiting for the deadline of an answer.
            Assert.InRange(held.Time, TimeSpan.Zero, TimeSpan.FromSeconds(4));
            Assert.Equal((0, ""), (other.ExitCode, other.Error));
            Assert.Contains(
                $"\nwaiting     virtio-serial:org.guestagent.0 is held by qemu-ga (pid {pid})\n",
                other.Output,
                StringComparison.Ordinal);
        }
        finally
        {
            await guest.ShellAsync("systemctl stop holder");
        }

        using RawHost host = await guest.AttachAsync();
        await host.ReceiveReadyAsync();
        ProgramRun free = await GuestctlAsync(guest.Machine.PortSocket(OtherPort), "info");
        Assert.DoesNotContain("waiting", free.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_OpenRC_it_is_started_supervised_and_stopped()
    {
        const string Script = "/etc/init.d/guest-agent";
        // What OpenRC makes when it boots a system.
        const string States = "daemons exclusive failed hotplugged inactive options scheduled started starting stopping tmp wasinactive";
        await guest.HaveAsync(PackageMachine.Newer);
        await guest.ShellAsync("systemctl disable --quiet --now guest-agent");
        await guest.ShellAsync(
            $"install -m 755 {PackageMachine.Place}/openrc {Script} && mkdir -p /run/openrc && cd /run/openrc && mkdir {States} && touch softlevel");
        await guest.ShellAsync("rc-update add guest-agent default && rc-service guest-agent start");
        using RawHost host = await guest.AttachAsync();
        await host.CallAsync("ping");
        string first = await guest.ShellAsync("pgrep -x guest-agent");

        await guest.ShellAsync($"kill -KILL {first}");
        await guest.UntilAsync($"pgrep -x guest-agent | grep -qvx {first}", "the agent after it");
        await host.ReceiveReadyAsync();
        await host.CallAsync("ping");
        Assert.Contains("started", await guest.ShellAsync("rc-service guest-agent status"), StringComparison.Ordinal);

        await guest.ShellAsync("rc-service guest-agent stop");
        // Names of processes end at 15 characters.
        Assert.Equal("", await guest.ShellAsync("pgrep -x 'guest-agent|supervise-daemo'; true"));
    }

    [Fact]
    public async Task QEMUs_agent_serves_its_port_beside_it()
    {
        await guest.HaveAsync(PackageMachine.Newer);
        await guest.ShellAsync("systemctl start qemu-guest-agent");
        using QgaChannel other = new(guest.Machine.PortSocket("org.qemu.guest_agent.0"));

        await other.RequestAsync("guest-ping", [], Limit, Token);
        using RawHost host = await guest.AttachAsync();
        await host.CallAsync("ping");
    }

    [GeneratedRegex(@"Overall exposure level for guest-agent\.service: (\d+\.\d) ")]
    private static partial Regex Exposure();

    // All that looks and needs no rule, without what goes on changing by itself.
    private async Task<JsonObject> TellAllAsync()
    {
        string[] moving =
        [
            "unix_ms", "uptime_seconds", "available_memory_kb", "load_average", "used_bytes", "available_bytes", "used_percent",
            "inodes_used", "statistics", "users",
        ];
        using RawHost host = await guest.AttachAsync();
        JsonObject all = [];
        foreach (string operation in new[] { "get_system_info", "get_network_info", "get_disk_usage", "time_get" })
        {
            JsonElement reply = await host.CallAsync(operation);
            all[operation] = Still(JsonNode.Parse(reply.GetProperty("result").GetRawText()));
        }

        return all;

        JsonNode? Still(JsonNode? node) => node switch
        {
            JsonObject members => new JsonObject(members
                .Where(member => !moving.Contains(member.Key))
                .Select(member => KeyValuePair.Create(member.Key, Still(member.Value)))),
            JsonArray items => new JsonArray([.. items.Select(Still)]),
            _ => node?.DeepClone(),
        };
    }

    private async Task<string> ExposureAsync()
        => Exposure().Match(await guest.ShellAsync("systemd-analyze security --no-pager guest-agent.service")).Groups[1].Value;

    private async Task UnloadVsockAsync()
    {
        await guest.ShellAsync("modprobe -r vsock_loopback vmw_vsock_virtio_transport vmw_vsock_vmci_transport vsock");
        await guest.UntilAsync("! systemctl -q is-active dev-vsock.device", "the end of the device's unit");
    }

    private async Task ReplugAsync()
    {
        int position = guest.Machine.Qmp.Events.Position;
        await guest.Machine.Qmp.ExecuteAsync("device_del", new JsonObject { ["id"] = Device }, Token);
        await guest.Machine.Qmp.Events.WaitAsync("DEVICE_DELETED", IsDevice, position, Limit, Token);
        await guest.UntilAsync($"! systemctl -q is-active {PortUnit}", "the end of the device's unit");
        JsonObject device = new()
        {
            ["driver"] = "virtserialport",
            ["bus"] = "vser.0",
            ["chardev"] = Chardev,
            ["name"] = AgentInstallation.Port,
            ["id"] = Device,
        };
        await guest.Machine.Qmp.ExecuteAsync("device_add", device, Token);
        await guest.UntilAsync($"systemctl -q is-active {PortUnit}", "the device's unit");
        // What the unit's arrival starts is a job by now.
        await guest.ShellAsync("udevadm settle && systemctl list-jobs");

        static bool IsDevice(JsonElement data)
            => data.TryGetProperty("device", out JsonElement device) && device.GetString() == Device;
    }

    private static Task<ProgramRun> GuestctlAsync(string socket, params string[] arguments) => ProgramRun.RunAsync(
        Cli.Wrap(Guestctl.Path).WithArguments(["-g", "unix://" + socket, .. arguments]), TestTimeouts.Bulk);
}
