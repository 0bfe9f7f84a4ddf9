using GuestAgent.Tests.Vm.Lab;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>Vsock between the kernels of a host and a guest (vhost-vsock, as under QEMU): the host is itself a VM.</summary>
public sealed class NestedVsockTests(NestedMachine nested) : IClassFixture<NestedMachine>
{
    private const int Unavailable = 69;

    // By its command line, as its number is that of its own namespace; and not found in the line that looks for it.
    private const string Look = "ps | grep -q [s]leep.4321";

    private static readonly string Agent = $"vsock://{NestedMachine.Cid}:{NestedMachine.Port}";
    private static readonly string Programs = $"vsock://{NestedMachine.Cid}:{NestedMachine.WorkloadPort}";

    [Fact]
    public async Task The_kernel_s_own_vsock_reaches_the_guest_and_64_connections_at_once_are_served()
    {
        string[] lines = (await nested.ShellAsync($"./test-host many {Agent} 64")).Split('\n');

        Assert.Equal(string.Join(' ', Enumerable.Range(0, 64)), lines[^1]);
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_is_told_as_such()
    {
        GuestCommandResult ping = await nested.TryShellAsync($"./guestctl -g vsock://{NestedMachine.Cid}:1999 ping");

        Assert.Equal(Unavailable, ping.ExitCode);
        Assert.Contains($"Nobody listens on vsock port 1999 of CID {NestedMachine.Cid}.", ping.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_s_lines_come_while_it_runs_and_its_exit_code_at_the_end()
    {
        const string Code = "echo first; until [ -e /go ]; do sleep 0.05; done; seq 1 1000; echo last >&2; exit 5";
        await nested.StartAsync(
            $"echo '{Code}' > /tmp/code; ./guestctl -g {Programs} run -r sh /tmp/code; echo exit $?", "/tmp/run.txt");
        await nested.UntilAsync("grep -qx first /tmp/run.txt", "the first line");
        await nested.GuestAsync("touch /go");
        await nested.UntilAsync("grep -qx 'exit 5' /tmp/run.txt", "the exit code");

        string[] lines = (await nested.ShellAsync("cat /tmp/run.txt")).Split('\n');
        Assert.Equal(["first", .. Enumerable.Range(1, 1000).Select(i => $"{i}")], lines.Where(line => line is not ("last" or "exit 5")));
        Assert.Single(lines, line => line == "last");
    }

    [Fact]
    public async Task A_host_that_is_gone_in_the_middle_ends_its_program()
    {
        await nested.StartAsync(
            $"echo 'echo started; exec sleep 4321' > /tmp/code; exec ./guestctl -g {Programs} run -r sh /tmp/code & echo $! > /tmp/pid; wait",
            "/tmp/gone.txt");
        await nested.UntilAsync("grep -qx started /tmp/gone.txt", "the first line");
        await nested.GuestAsync(Look);
        await nested.ShellAsync("kill -9 $(cat /tmp/pid)");

        await nested.UntilAsync($"./guestctl -g {Agent} exec -- sh -c '! {Look}' 2> /dev/null", "the end of the program");
    }

    [Fact]
    public async Task A_guest_that_is_stopped_for_a_moment_keeps_its_connections()
    {
        await nested.StartAsync(
            $"./guestctl -g {Agent} exec -- sh -c 'echo begun; until [ -e /tmp/on ]; do sleep 0.05; done; echo done'", "/tmp/stop.txt");
        await nested.UntilAsync("grep -qx begun /tmp/stop.txt", "the first line");
        await nested.QemuAsync("stop");
        await nested.StartAsync($"./guestctl -g {Agent} exec -- touch /tmp/on", "/tmp/touch.txt");
        await nested.QemuAsync("cont");

        await nested.UntilAsync("grep -qx done /tmp/stop.txt", "the last line");
    }

    [Fact]
    public async Task A_guest_that_is_reset_is_reached_by_trying_until_it_is_back()
    {
        await nested.StartAsync($"./test-host hold {Agent}", "/tmp/before.txt");
        await nested.UntilAsync("grep -q ^attached /tmp/before.txt", "the connection");
        await nested.QemuAsync("system_reset");
        string after = await nested.ShellAsync($"./test-host find {Agent}");
        await nested.UntilAsync("grep -q ^closed /tmp/before.txt", "the end of the old connection");

        Assert.StartsWith("attached ", after, StringComparison.Ordinal);
        Assert.NotEqual(await nested.ShellAsync("head -n 1 /tmp/before.txt"), after);
    }

    [Fact]
    public async Task Connections_that_are_all_dropped_by_a_restored_snapshot_leave_the_listener_working()
    {
        // The kernel makes up the name of a boot when it is first asked for: before the snapshot, or each restoration
        // has a name of its own.
        string boot = await nested.ShellAsync($"./test-host find {Agent}");
        await nested.MonitorAsync("savevm dropped");
        for (int i = 0; i < 8; i++)
        {
            await nested.StartAsync($"./test-host hold {Agent}", $"/tmp/held-{i}.txt");
        }

        await nested.UntilAsync("[ $(grep -l ^attached /tmp/held-*.txt | wc -l) = 8 ]", "eight connections");
        await nested.MonitorAsync("loadvm dropped");
        await nested.UntilAsync("[ $(grep -l ^closed /tmp/held-*.txt | wc -l) = 8 ]", "the end of all eight");

        Assert.Equal(boot, await nested.ShellAsync("head -n 1 /tmp/held-0.txt"));
        Assert.Equal(boot, await nested.ShellAsync($"./test-host find {Agent}"));
    }

    [Fact]
    public async Task A_host_that_listens_gets_the_connections_of_guests_and_of_nobody_else()
    {
        await nested.StartAsync(
            $"./test-host accept vsock://:{NestedMachine.ListenerPort} 100 & echo $! > /tmp/accept.pid; wait", "/tmp/accept.txt");
        await nested.UntilAsync($"[ $(grep -cx 'pong of {NestedMachine.Cid}' /tmp/accept.txt) -ge 2 ]", "the guest, twice");
        // Another process of the host: the library would greet whomever it takes.
        string strange = await nested.ShellAsync(
            $"modprobe vsock_loopback; socat -u VSOCK-CONNECT:1:{NestedMachine.ListenerPort} - | wc -c");
        await nested.ShellAsync("kill $(cat /tmp/accept.pid)");

        Assert.Equal("0", strange);
        Assert.DoesNotContain("pong of 1", await nested.ShellAsync("cat /tmp/accept.txt"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(4, "0")]
    public async Task A_host_that_listens_for_one_context_takes_that_one_alone(int cid, string bytes)
    {
        int port = (int)NestedMachine.ListenerPort + cid;
        await nested.StartAsync($"exec ./test-host accept vsock://{cid}:{port} 1", $"/tmp/one-{cid}.txt");
        await nested.UntilAsync($"grep -qx listening /tmp/one-{cid}.txt", "the listener");

        Assert.Equal(
            bytes, await nested.ShellAsync($"modprobe vsock_loopback; socat -u VSOCK-CONNECT:1:{port} - | head -c 1 | wc -c"));
    }
}
