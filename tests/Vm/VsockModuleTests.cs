using GuestAgent.Host;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>
/// A kernel that has no vsock yet. In a VM of its own: a kernel that has had many connections may keep a module for as long
/// as it runs.
/// </summary>
public sealed class VsockModuleTests(VsockMachine guest) : IClassFixture<VsockMachine>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_module_that_is_loaded_late_is_waited_for()
    {
        const string Modules = "vsock_diag vmw_vsock_virtio_transport vsock_loopback vmw_vsock_virtio_transport_common vsock";
        await guest.ShellAsync(
            $"systemctl stop {AgentInstallation.Unit}; cat /proc/sys/kernel/modprobe > /tmp/modprobe; "
            + "echo /bin/true > /proc/sys/kernel/modprobe");
        await guest.UntilAsync(
            $"for m in {Modules}; do rmmod $m 2> /dev/null; done; ! grep -q ^vsock /proc/modules", "the modules to go");
        await guest.ShellAsync($"systemctl start {AgentInstallation.Unit}");
        await guest.UntilAsync(
            $"journalctl --sync && journalctl -q -b -o cat -u {AgentInstallation.Unit} | grep -q EAFNOSUPPORT", "the reason in the log");
        await guest.ShellAsync("cat /tmp/modprobe > /proc/sys/kernel/modprobe; modprobe vmw_vsock_virtio_transport");

        var patient = new GuestClientOptions { DialRetry = new DialRetry { Attempts = 100, LongestPause = TimeSpan.FromSeconds(1) } };
        await using GuestClient client = await guest.ConnectAsync(patient).WaitAsync(Limit, Token);
        await client.PingAsync(Token);
        string[] log = (await guest.LogAsync()).Split('\n');
        Assert.Single(log, line => line.Contains($"vsock port {VsockMachine.HostPort}", StringComparison.Ordinal)
            && line.Contains("EAFNOSUPPORT", StringComparison.Ordinal));
    }
}
