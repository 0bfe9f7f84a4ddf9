using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Vm.Lab;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>
/// Guests that really power off and restart: with systemd, with busybox's init, and with no init that could be asked. The
/// host always has its reply first.
/// </summary>
public sealed class PowerTests
{
    private static readonly TimeSpan DownLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BootLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan HelloLimit = TimeSpan.FromSeconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_guest_with_systemd_restarts_and_powers_off_in_order()
    {
        using InjectDirectory inject = AgentInstallation.Service();
        await using VirtualMachine machine = await VirtualMachine.StartAsync(
            new VirtualMachineOptions { InjectDirectory = inject.Path }, Token);
        await TakeBackAsync(machine);

        string former = await GoDownAsync(machine, "reboot", force: false);
        using RawHost host = await AttachAsync(machine, former);

        // The agent was stopped by systemd on the way, and ended as it should.
        Assert.Equal("success 0\n", (await machine.ExecAsync("cat", "/var/lib/guest-agent.ends")).StandardOutput);
        host.Dispose();
        await GoDownAsync(machine, "shutdown", force: false);
    }

    [Fact]
    public async Task Systemd_can_be_made_to_leave_its_services_alone()
    {
        using InjectDirectory inject = AgentInstallation.Service();
        await using VirtualMachine machine = await VirtualMachine.StartAsync(
            new VirtualMachineOptions { InjectDirectory = inject.Path }, Token);

        // Stopping it in order takes ten minutes. It must not ignore SIGTERM: systemd gives whatever is left at its very end
        // 90 s to heed that, forced or not.
        GuestCommandResult held = await machine.ExecAsync(
            "systemd-run", "-p", "ExecStop=/bin/sleep 600", "-p", "TimeoutStopSec=600", "sleep", "1000");
        Assert.Equal(0, held.ExitCode);

        await GoDownAsync(machine, "shutdown", force: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_guest_whose_init_is_a_script_is_restarted_and_powered_off_by_the_kernel(bool force)
    {
        using InjectDirectory inject = AgentInstallation.Process("true");
        await using VirtualMachine machine = await StartMicroAsync(inject);
        await TakeBackAsync(machine);

        string former = await GoDownAsync(machine, "reboot", force);
        Assert.Contains("reboot: Restarting system", machine.ConsoleTail, StringComparison.Ordinal);
        using (await AttachAsync(machine, former))
        {
        }

        await GoDownAsync(machine, "shutdown", force);
        Assert.Contains("reboot: Power down", machine.ConsoleTail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shutdown", false, true)]
    [InlineData("reboot", false, true)]
    [InlineData("shutdown", true, false)]
    public async Task A_guest_with_the_init_of_busybox_does_what_its_inittab_says_unless_forced(
        string method, bool force, bool inOrder)
    {
        using InjectDirectory inject = AgentInstallation.Process(
            "until grep -q '^init' /proc/1/cmdline; do sleep 0.1; done",
            "mkdir -p /etc; echo \"::shutdown:/bin/sh -c 'echo \\\"<3>ACTION\\\" > /dev/kmsg'\" > /etc/inittab");
        await using VirtualMachine machine = await StartMicroAsync(inject);

        await GoDownAsync(machine, method, force);

        Assert.Equal(inOrder, machine.ConsoleTail.Contains("ACTION", StringComparison.Ordinal));
    }

    private static Task<VirtualMachine> StartMicroAsync(InjectDirectory inject) =>
        VirtualMachine.StartAsync(new VirtualMachineOptions { Micro = true, InjectDirectory = inject.Path }, Token);

    // What is taken back does not come: the guest is there when the time is over, by its own clock.
    private static async Task TakeBackAsync(VirtualMachine machine)
    {
        using RawHost host = await AttachAsync(machine);
        JsonObject soon = new() { ["timeout_seconds"] = 2 };
        Result(await host.CallAsync("shutdown", soon));
        Assert.True(Result(await host.CallAsync("shutdown_cancel")).GetProperty("cancelled").GetBoolean());
        Result(await host.CallAsync("exec_command", RawHost.Command("sleep", "4")));
    }

    // Gives the id of the boot that ended.
    private static async Task<string> GoDownAsync(VirtualMachine machine, string method, bool force)
    {
        using RawHost host = await AttachAsync(machine);
        JsonElement agent = Result(await host.CallAsync("get_agent_info"));
        int position = machine.Qmp.Events.Position;

        string id = await host.PostAsync(method, new JsonObject { ["timeout_seconds"] = 0, ["force"] = force });
        Assert.True(Result(await host.ReceiveReplyAsync(id)).GetProperty("initiated").GetBoolean());
        JsonObject received = new()
        {
            ["jsonrpc"] = "2.0",
            ["method"] = "reply_received",
            ["params"] = new JsonObject { ["id"] = id },
        };
        await host.SendAsync((byte[])[.. System.Text.Encoding.UTF8.GetBytes(received.ToJsonString()), (byte)'\n'], RawHost.UsualLimit);

        await machine.Qmp.Events.WaitAsync(
            method == "reboot" ? "RESET" : "SHUTDOWN",
            data => data.GetProperty("guest").GetBoolean(),
            position,
            DownLimit,
            Token);
        return agent.GetProperty("boot_id").GetString()!;
    }

    // A port of a guest that is still booting takes bytes and answers nothing, and one that has just lost a host may not
    // notice the next: so hello, again and again.
    private static async Task<RawHost> AttachAsync(VirtualMachine machine, string? formerBoot = null)
    {
        using var limit = new CancellationTokenSource(BootLimit);
        while (true)
        {
            string session = Guid.CreateVersion7().ToString("N");
            RawHost host = await RawHost.AttachAsync(machine.PortSocket(AgentInstallation.Port), session, Token);
            try
            {
                await host.SendAsync("\n"u8.ToArray(), RawHost.UsualLimit);
                JsonElement hello = Result(await host.CallAsync("hello", new JsonObject { ["session"] = session }, HelloLimit));
                if (hello.GetProperty("agent").GetProperty("boot_id").GetString() != formerBoot)
                {
                    return host;
                }
            }
            catch (Exception e) when ((e is TimeoutException or IOException) && !limit.IsCancellationRequested)
            {
                Token.ThrowIfCancellationRequested();
            }

            host.Dispose();
        }
    }

    private static JsonElement Result(JsonElement reply) =>
        reply.TryGetProperty("result", out JsonElement result) ? result : throw new InvalidOperationException(reply.ToString());
}
