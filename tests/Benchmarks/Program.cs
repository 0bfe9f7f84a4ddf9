using GuestAgent.Benchmarks.Agents;
using GuestAgent.Benchmarks.Benchmarks;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Sites;

namespace GuestAgent.Benchmarks;

/// <summary>Measures guest-agent and qemu-ga side by side; the exit code says whether every target was met.</summary>
internal static class Program
{
    private const int Missed = 1;
    private const int Usage = 64;

    private static readonly IBenchmark[] AtEverySite =
    [
        new WakeUpBenchmark(hostAttached: false),
        new MemoryBenchmark(),
        new WakeUpBenchmark(hostAttached: true),
        new PingBenchmark(),
        new ExecBenchmark(),
        new SleepingCommandsBenchmark(),
        new StreamingBenchmark(),
    ];

    private static async Task<int> Main(string[] arguments)
    {
        if (BenchmarkOptions.Parse(arguments) is not { } options)
        {
            await Console.Error.WriteLineAsync(BenchmarkOptions.Help);
            return Usage;
        }

        Report report = new(Console.Out);
        report.Note(Machine.Describe());
        report.Note(AgentBinary.Describe());
        AgentBinary.Settle();
        Effort effort = options.Quick ? Effort.Quick : Effort.Full;
        Dictionary<string, Func<Task>> parts = new()
        {
            [BenchmarkOptions.Sockets] = () => RunSocketsAsync(effort, report),
            [BenchmarkOptions.Workloads] = () => RunWorkloadsAsync(effort, report),
            [BenchmarkOptions.Serial] = () => RunSerialAsync(options.Quick ? Effort.Quick : Effort.InVm, report),
            [BenchmarkOptions.Vsock] = () => RunVsockAsync(effort, report),
        };
        foreach (string part in options.Parts)
        {
            await parts[part]();
        }

        return report.End() ? 0 : Missed;
    }

    private static async Task RunSocketsAsync(Effort effort, Report report)
    {
        await ClientFloor.RunAsync(effort, report);
        report.Section("Unix sockets, on this machine");
        await new StartBenchmark().RunAsync(effort, report);
        await using UnixSocketSite site = await UnixSocketSite.StartAsync();
        await RunAsync(site, effort, report);
        await new FileBenchmark(site).RunAsync(effort, report);
    }

    private static async Task RunSerialAsync(Effort effort, Report report)
    {
        report.Section("virtio-serial, both agents in one emulated VM: only the ratios mean something");
        await using VirtioSerialSite site = await VirtioSerialSite.StartAsync();
        await RunAsync(site, effort, report);
    }

    private static async Task RunVsockAsync(Effort effort, Report report)
    {
        report.Section("vsock within one emulated VM: only the ratio means something", "socat");
        await using VsockSite site = await VsockSite.StartAsync();
        await new VsockDownloadBenchmark(site).RunAsync(effort, report);
    }

    private static async Task RunWorkloadsAsync(Effort effort, Report report)
    {
        report.Section("programs of the host, on this machine", "the process alone");
        await using UnixSocketAgent agent = UnixSocketAgent.StartOurs(AgentConfiguration.ForWorkloads);
        await agent.WaitUntilBoundAsync();
        new WorkloadBenchmark(agent).Run(effort, report);
        new LogBenchmark(agent).Run(effort, report);
    }

    private static async Task RunAsync(ISite site, Effort effort, Report report)
    {
        foreach (IBenchmark benchmark in AtEverySite)
        {
            await benchmark.RunAsync(site, effort, report);
        }
    }
}
