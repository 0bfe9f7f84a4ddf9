using GuestAgent.Benchmarks.Agents;
using GuestAgent.Benchmarks.Benchmarks;
using GuestAgent.Benchmarks.Growth;
using GuestAgent.Benchmarks.Reporting;
using GuestAgent.Benchmarks.Rivals;
using GuestAgent.Benchmarks.Sites;

namespace GuestAgent.Benchmarks;

/// <summary>Measures guest-agent and qemu-ga, or a former guest-agent, side by side; the exit code says whether every target was met.</summary>
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

    // Where both agents take turns at the same.
    private static readonly IBenchmark[] InTurns = [new MemoryBenchmark(), new PingBenchmark(), new ExecBenchmark()];

    private static async Task<int> Main(string[] arguments)
    {
        if (BenchmarkOptions.Parse(arguments) is not { } options)
        {
            await Console.Error.WriteLineAsync(BenchmarkOptions.Help);
            return Usage;
        }

        Peer peer = options.Base is { } former ? Peer.Former(Path.GetFullPath(former), "former agent") : Peer.QemuGuestAgent;
        await using TextWriter lines = options.Json is { } file ? new StreamWriter(file) : TextWriter.Null;
        Report report = new(Console.Out, lines, judges: !peer.IsFormer);
        report.Note(Machine.Describe());
        report.Note(AgentBinary.Describe(peer));
        AgentBinary.Settle(AgentBinary.Ours);
        AgentBinary.Settle(peer.Binary);
        Effort effort = options.Quick ? Effort.Quick : Effort.Full;
        if (peer.IsFormer)
        {
            await RunSocketsAsync(peer, InTurns, effort, report);
            report.End();
            return 0;
        }

        Dictionary<string, Func<Task>> parts = new()
        {
            [BenchmarkOptions.Sockets] = () => RunSocketsAsync(peer, AtEverySite, effort, report),
            [BenchmarkOptions.Programs] = () => RunProgramsAsync(effort, report),
            [BenchmarkOptions.Growth] = () => RunGrowthAsync(options, report),
            [BenchmarkOptions.Workloads] = () => RunWorkloadsAsync(effort, report),
            [BenchmarkOptions.Serial] = () => RunSerialAsync(options.Quick ? Effort.Quick : Effort.InVm, report),
            [BenchmarkOptions.Vsock] = () => RunVsockAsync(effort, report),
        };
        foreach (string part in options.Parts)
        {
            await parts[part]();
        }

        return report.End() || options.OnlyReports ? 0 : Missed;
    }

    private static async Task RunSocketsAsync(Peer peer, IBenchmark[] benchmarks, Effort effort, Report report)
    {
        await ClientFloor.RunAsync(effort, report);
        report.Section("Unix sockets, on this machine", peer.Name);
        await new StartBenchmark(peer).RunAsync(effort, report);
        await using UnixSocketSite site = await UnixSocketSite.StartAsync(peer);
        await RunAsync(site, benchmarks, effort, report);
        await new FileBenchmark(site).RunAsync(effort, report);
        if (!peer.IsFormer)
        {
            report.Section("Unix sockets, beside the least that is possible", "that");
            await new PlainPeerBenchmark(site).RunAsync(effort, report);
        }
    }

    private static async Task RunProgramsAsync(Effort effort, Report report)
    {
        report.Section("whole programs of the host, on this machine", "the other program");
        await using SecureShell shell = await SecureShell.StartAsync();
        await using UnixSocketAgent agent = UnixSocketAgent.StartOurs();
        await agent.WaitUntilBoundAsync();
        new HostCommandBenchmark(agent, shell).Run(effort, report);
    }

    private static async Task RunGrowthAsync(BenchmarkOptions options, Report report)
    {
        report.Section("as there is more of it, on this machine", "the other");
        await using SecureShell shell = await SecureShell.StartAsync();
        IReadOnlyList<Curve> curves = await new GrowthBenchmark(shell, report).RunAsync(options.Quick);
        if (options.Picture is { } file)
        {
            await File.WriteAllTextAsync(file, CurvePicture.Draw(curves));
        }
    }

    private static async Task RunSerialAsync(Effort effort, Report report)
    {
        report.Section("virtio-serial, both agents in one emulated VM: only the ratios mean something");
        await using VirtioSerialSite site = await VirtioSerialSite.StartAsync();
        await RunAsync(site, AtEverySite, effort, report);
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

    private static async Task RunAsync(ISite site, IBenchmark[] benchmarks, Effort effort, Report report)
    {
        foreach (IBenchmark benchmark in benchmarks)
        {
            await benchmark.RunAsync(site, effort, report);
        }
    }
}
