using System.Globalization;
using GuestAgent.Benchmarks.Agents;
using GuestAgent.Tests.Vm.Lab;

namespace GuestAgent.Benchmarks.Sites;

/// <summary>Runs the agent in one VM, which is the host over vsock_loopback as well.</summary>
internal sealed class VsockSite : IAsyncDisposable
{
    public const int FileMebibytes = 128;

    private const uint OurPort = 1000;
    private const uint TheirPort = 5000;
    private const int MemoryMiB = 1024;

    private static readonly string RunScript = $"""
        modprobe vsock_loopback || exit
        head -c {FileMebibytes}M /dev/urandom > /dev/shm/source
        /mnt/inject/guest-agent --config /mnt/inject/agent.json < /dev/null > /dev/null 2>&1 &
        socat -U VSOCK-LISTEN:{TheirPort},fork OPEN:/dev/shm/source,rdonly < /dev/null > /dev/null 2>&1 &
        """;

    // One round, timed in the guest: in turns, with what has come compared.
    private static readonly string Round = $$"""
        set -e
        rm -f /dev/shm/ours /dev/shm/theirs
        a=$EPOCHREALTIME
        /mnt/inject/test-host download vsock://1:{{OurPort}} /dev/shm/source /dev/shm/ours
        b=$EPOCHREALTIME
        socat -u VSOCK-CONNECT:1:{{TheirPort}} CREATE:/dev/shm/theirs
        c=$EPOCHREALTIME
        cmp /dev/shm/source /dev/shm/ours
        cmp /dev/shm/source /dev/shm/theirs
        echo $((${b/./} - ${a/./})) $((${c/./} - ${b/./}))
        """;

    private readonly VirtualMachine _machine;

    private VsockSite(VirtualMachine machine) => _machine = machine;

    public static async Task<VsockSite> StartAsync()
    {
        using InjectDirectory inject = new(RunScript);
        inject.Add(AgentBinary.Ours, "guest-agent");
        inject.Add(AgentBinary.TestHost, "test-host");
        await File.WriteAllTextAsync(Path.Combine(inject.Path, "agent.json"), AgentConfiguration.ForVsock(OurPort));
        return new VsockSite(await VirtualMachine.StartAsync(
            new VirtualMachineOptions { InjectDirectory = inject.Path, Ports = [], MemoryMiB = MemoryMiB },
            CancellationToken.None));
    }

    /// <summary>Times the download of the same file by both, in turns.</summary>
    public async Task<List<(TimeSpan Ours, TimeSpan Theirs)>> DownloadAsync(int rounds)
    {
        List<(TimeSpan Ours, TimeSpan Theirs)> times = [];
        for (int i = 0; i <= rounds; i++)
        {
            GuestCommandResult result = await _machine.ExecAsync("bash", "-c", Round);
            string[] microseconds = result.StandardOutput.Trim().Split(' ');
            if (result.ExitCode != 0 || microseconds.Length != 2)
            {
                throw new InvalidOperationException(
                    $"exit {result.ExitCode}: {result.StandardOutput}{result.StandardError}\n{_machine.ConsoleTail}");
            }

            // The first is for caches.
            if (i > 0)
            {
                times.Add((Time(microseconds[0]), Time(microseconds[1])));
            }
        }

        return times;
    }

    public ValueTask DisposeAsync() => _machine.DisposeAsync();

    private static TimeSpan Time(string microseconds) =>
        TimeSpan.FromMicroseconds(double.Parse(microseconds, CultureInfo.InvariantCulture));
}
