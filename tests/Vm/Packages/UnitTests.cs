using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GuestAgent.Tests.Vm.Lab;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>The packaged service: its unit, its drop-in, its devices and its neighbour.</summary>
[Collection(SharedPackageMachine.Name)]
public sealed partial class UnitTests(PackageMachine guest)
{
    private const string Device = "port2";
    private const string Chardev = "p2";
    private const string PortUnit = @"'dev-virtio\x2dports-org.guestagent.0.device'";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_unit_has_no_fault_with_and_without_the_drop_in_that_locks_it_down()
    {
        await guest.HaveAsync();
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
        string manual = await File.ReadAllTextAsync(SourceTree.Find("packaging", "man", "guest-agent.8"), Token);
        Assert.Contains($"rates the service {open} without it and {locked} with it", manual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_has_none_of_the_protection_that_the_agent_has_when_memory_runs_out()
    {
        await guest.HaveAsync();
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

    [Fact]
    public async Task A_port_that_is_plugged_later_starts_the_service_unless_it_is_disabled()
    {
        await guest.HaveAsync();
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

    [Fact]
    public async Task QEMUs_agent_serves_its_port_beside_it()
    {
        await guest.HaveAsync();
        await guest.ShellAsync("systemctl start qemu-guest-agent");
        using QgaChannel other = new(guest.Machine.PortSocket("org.qemu.guest_agent.0"));

        await other.RequestAsync("guest-ping", [], Limit, Token);
        using RawHost host = await guest.AttachAsync();
        await host.CallAsync("ping");

        await guest.ShellAsync("systemctl stop qemu-guest-agent");
    }

    [GeneratedRegex(@"Overall exposure level for guest-agent\.service: (\d+\.\d) ")]
    private static partial Regex Exposure();

    private async Task<string> ExposureAsync()
        => Exposure().Match(await guest.ShellAsync("systemd-analyze security --no-pager guest-agent.service")).Groups[1].Value;

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
}
