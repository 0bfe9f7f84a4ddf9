using System.Globalization;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Vm.Lab;
using Xunit;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>
/// Is a VM that is the host of another one, with vhost-vsock between their kernels: the outer one has the host's
/// programs, the inner one the agent.
/// </summary>
public sealed class NestedMachine : IAsyncLifetime
{
    /// <summary>Context of the inner VM.</summary>
    public const uint Cid = 3;

    /// <summary>Serves the native protocol.</summary>
    public const uint Port = 1000;

    /// <summary>Serves programs.</summary>
    public const uint WorkloadPort = 1024;

    /// <summary>Port of the outer VM to which the agent connects.</summary>
    public const uint ListenerPort = 2000;

    // QEMU, a kernel and the inner VM's memory beside the outer VM's own.
    private const int MemoryMiB = 1024;

    // Two boots, of which the second is emulated twice.
    private static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan StateLimit = TimeSpan.FromSeconds(50);

    private static readonly string Configuration = $$"""
        {
          "listeners": [
            {"transport": "vsock", "port": {{Port}}, "dialect": "jsonrpc"},
            {"transport": "vsock", "port": {{WorkloadPort}}, "dialect": "workload"},
            {"transport": "vsock-connect", "port": {{ListenerPort}}, "dialect": "jsonrpc"}
          ],
          "policy": {"commands": "any", "runtimes": {"sh": {"command": "/bin/sh", "file": "main.sh"} } },
          "limits": {"max_concurrent_commands": 64}
        }
        """;

    private VirtualMachine? _host;

    /// <summary>Gets the outer VM.</summary>
    public VirtualMachine Host => _host ?? throw new InvalidOperationException("the VM has not started");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        using InjectDirectory outer = new("sh l2/start");
        outer.Add(Guestctl.Path, "guestctl");
        outer.Add(TestHost.Path, "test-host");
        string cpu;
        using (InjectDirectory inner = AgentInstallation.Process("true", configuration: Configuration))
        {
            cpu = await NestAsync(inner.Path, Path.Combine(outer.Path, "l2"));
        }

        _host = await VirtualMachine.StartAsync(
            new VirtualMachineOptions
            {
                InjectDirectory = outer.Path,
                Ports = [],
                Cpu = cpu,
                MemoryMiB = MemoryMiB,
                BootLimit = BootLimit,
            },
            Token);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    /// <summary>Runs a shell line on the host, in the directory of its programs.</summary>
    public Task<GuestCommandResult> TryShellAsync(string line) => Host.ExecAsync("sh", "-c", "cd /mnt/inject; " + line);

    /// <summary>Runs a shell line on the host and gives what it printed.</summary>
    public async Task<string> ShellAsync(string line)
    {
        GuestCommandResult result = await TryShellAsync(line);
        return result.ExitCode == 0
            ? result.StandardOutput.TrimEnd('\n')
            : throw new IOException($"{line}: exit {result.ExitCode}: {result.StandardOutput}{result.StandardError}");
    }

    /// <summary>Starts a shell line on the host whose outputs go to a file.</summary>
    public Task StartAsync(string line, string output) => ShellAsync($"({line}) > {output} 2>&1 < /dev/null &");

    /// <summary>Runs a command in the guest, through the agent.</summary>
    public Task<string> GuestAsync(string command) => ShellAsync($"./guestctl -g vsock://{Cid}:{Port} exec -- sh -c '{command}'");

    /// <summary>Waits on the host until a shell line succeeds there.</summary>
    public async Task UntilAsync(string condition, string what)
    {
        string seconds = StateLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        GuestCommandResult result = await Host.ExecAsync(
            "timeout", seconds, "sh", "-c", $"cd /mnt/inject; until {condition}; do sleep 0.05; done");
        if (result.ExitCode != 0)
        {
            string files = (await TryShellAsync("tail -n 5 /tmp/*.txt /tmp/l2/*.log")).StandardOutput;
            throw new TimeoutException($"not within {seconds} s: {what}: {result.StandardError}{files}");
        }
    }

    /// <summary>Has the guest's QEMU do something.</summary>
    public Task QemuAsync(string command) => ShellAsync($$"""l2/qmp '{"execute":"{{command}}"}'""");

    /// <summary>Gives a command to the human monitor of the guest's QEMU.</summary>
    public Task MonitorAsync(string command) => ShellAsync(
        $$$"""l2/qmp '{"execute":"human-monitor-command","arguments":{"command-line":"{{{command}}}"}}'""");

    private static async Task<string> NestAsync(string inner, string outer) =>
        (await ProgramRun.OutputAsync(SourceFile.Find("tests", "Vm", "scripts", "nest"), inner, outer)).TrimEnd('\n');
}
