using GuestAgent.Benchmarks.Agents;
using GuestAgent.Benchmarks.Clients;
using GuestAgent.Benchmarks.Measuring;
using GuestAgent.Tests.Vm.Lab;

namespace GuestAgent.Benchmarks.Sites;

/// <summary>Runs both agents in one Debian VM, each on its virtio-serial port.</summary>
internal sealed class VirtioSerialSite : ISite
{
    private const string OurPort = "org.guestagent.0";
    private const string TheirPort = "org.qemu.guest_agent.0";
    private const string OurPidFile = "/run/bench/ours.pid";
    private const string TheirPidFile = "/run/bench/theirs.pid";

    private const string OurBinary = "guest-agent";
    private const string Configuration = "agent.json";

    // From the read-only disk: on tmpfs the pages of the program would count as dirty memory of the agent.
    private const string RunScript = $"""
        mkdir /run/bench
        /mnt/inject/{OurBinary} --config /mnt/inject/{Configuration} < /dev/null > /dev/null 2>&1 &
        echo $! > {OurPidFile}
        /usr/sbin/qemu-ga -m virtio-serial -p /dev/virtio-ports/{TheirPort} -t /run/bench -f {TheirPidFile}.own \
            < /dev/null > /dev/null 2>&1 &
        echo $! > {TheirPidFile}
        """;

    private readonly VirtualMachine _machine;

    private VirtioSerialSite(VirtualMachine machine) => _machine = machine;

    public bool TakesSecondConnection => false;

    public bool HasRealSpeed => false;

    public static async Task<VirtioSerialSite> StartAsync()
    {
        using InjectDirectory inject = new(RunScript);
        File.Copy(AgentBinary.Ours, Path.Combine(inject.Path, OurBinary));
        await File.WriteAllTextAsync(
            Path.Combine(inject.Path, Configuration), AgentConfiguration.ForVirtioSerial(OurPort));
        return new VirtioSerialSite(await VirtualMachine.StartAsync(
            new VirtualMachineOptions { InjectDirectory = inject.Path, Ports = [TheirPort, OurPort] },
            CancellationToken.None));
    }

    public NativeClient ConnectOurs() => new(_machine.PortSocket(OurPort));

    public IAgentClient ConnectTheirs() => new QgaClient(_machine.PortSocket(TheirPort));

    public Task<ProcessFigures> InspectOursAsync() => InspectAsync(OurPidFile);

    public Task<ProcessFigures> InspectTheirsAsync() => InspectAsync(TheirPidFile);

    public ValueTask DisposeAsync() => _machine.DisposeAsync();

    private async Task<ProcessFigures> InspectAsync(string pidFile)
    {
        GuestCommandResult result = await _machine.ExecAsync(
            "sh", "-c", $"cd /proc/$(cat {pidFile}) && cat smaps_rollup task/*/status");
        return result.ExitCode == 0
            ? ProcessFigures.Parse(result.StandardOutput)
            : throw new InvalidOperationException($"an agent is gone: {result.StandardError}\n{_machine.ConsoleTail}");
    }
}
