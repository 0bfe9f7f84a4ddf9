using System.Text.Json;
using System.Text.Json.Nodes;
using GuestAgent.Tests.Vm.Lab;
using GuestAgent.Tests.Vm.Support;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>Ports that are missing, unnamed by udev, plugged and unplugged, and CPUs without extensions: micro VMs.</summary>
public sealed class PortTests
{
    // The ports of a VM are its devices port1, port2, ... on chardevs p1, p2, ...
    private const string Device = "port2";
    private const string Chardev = "p2";

    private static readonly TimeSpan PlugLimit = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_the_oldest_64_bit_CPU_a_port_without_a_link_from_udev_is_found_by_its_name()
    {
        using InjectDirectory inject = AgentInstallation.Process("rm -r /dev/virtio-ports");
        await using VirtualMachine machine = await StartAsync(inject, "qemu64");
        using RawHost host = await AttachAsync(machine);

        JsonElement reply = await host.CallAsync("exec_command", RawHost.Command("grep", "-m1", "name", "/proc/cpuinfo"));

        Assert.Contains(
            "QEMU Virtual CPU",
            reply.GetProperty("result").GetProperty("stdout").GetString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("q35")]
    [InlineData("microvm")]
    public async Task A_port_may_come_late_and_go_and_come_again(string type)
    {
        // The agent starts only when the test says that the port is gone.
        using InjectDirectory inject = AgentInstallation.Process("until [ -e /tmp/go ]; do sleep 0.05; done");
        await using VirtualMachine machine = await StartAsync(inject, cpu: null, type);
        await UnplugAsync(machine);
        await machine.ExecAsync("touch", "/tmp/go");
        await UntilLogAsync(machine, "is not there");
        for (int i = 0; i < 3; i++)
        {
            await PlugAsync(machine);
            using RawHost host = await AttachAsync(machine);
            await host.ReceiveReadyAsync();
            await host.CallAsync("ping");
            await UnplugAsync(machine);
        }
    }

    private static async Task<VirtualMachine> StartAsync(InjectDirectory inject, string? cpu, string type = "q35")
        => await VirtualMachine.StartAsync(
            new VirtualMachineOptions { Micro = true, Machine = type, Cpu = cpu, InjectDirectory = inject.Path }, Token);

    private static Task<RawHost> AttachAsync(VirtualMachine machine)
        => RawHost.AttachAsync(machine.PortSocket(AgentInstallation.Port), "s", Token);

    private static async Task UnplugAsync(VirtualMachine machine)
    {
        int position = machine.Qmp.Events.Position;
        await machine.Qmp.ExecuteAsync("device_del", new JsonObject { ["id"] = Device }, Token);
        await machine.Qmp.Events.WaitAsync("DEVICE_DELETED", IsDevice, position, PlugLimit, Token);

        static bool IsDevice(JsonElement data)
            => data.TryGetProperty("device", out JsonElement device) && device.GetString() == Device;
    }

    private static Task<JsonElement> PlugAsync(VirtualMachine machine)
        => machine.Qmp.ExecuteAsync(
            "device_add",
            new JsonObject
            {
                ["driver"] = "virtserialport",
                ["bus"] = "vser.0",
                ["chardev"] = Chardev,
                ["name"] = AgentInstallation.Port,
                ["id"] = Device,
            },
            Token);

    private static async Task UntilLogAsync(VirtualMachine machine, string text)
    {
        GuestCommandResult result = await machine.ExecAsync(
            "timeout", "10", "sh", "-c", $"until grep '{text}' {AgentInstallation.MicroLog}; do sleep 0.05; done");
        Assert.Equal(0, result.ExitCode);
    }
}
