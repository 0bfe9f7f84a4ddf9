using System.Globalization;
using GuestAgent.Host;
using GuestAgent.Tests.Testing;
using GuestAgent.Tests.Vm.Lab;
using Xunit;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>Is one Debian VM with a vsock device behind a Unix socket, and the agent on several of its ports.</summary>
public sealed class VsockMachine : IAsyncLifetime
{
    /// <summary>Serves the host alone.</summary>
    public const uint HostPort = 1000;

    /// <summary>Serves the host, and processes of the guest itself.</summary>
    public const uint LoopbackPort = 1001;

    /// <summary>Serves programs.</summary>
    public const uint WorkloadPort = 1024;

    /// <summary>Serves HTTP.</summary>
    public const uint HttpPort = 8080;

    /// <summary>Port of the host to which the agent connects.</summary>
    public const uint ListenerPort = 2000;

    /// <summary>Where files may be read and written.</summary>
    public const string Tree = "/srv";

    private static readonly TimeSpan StateLimit = TimeSpan.FromSeconds(50);

    private static readonly string Configuration = $$"""
        {
          "listeners": [
            {"transport": "vsock", "port": {{HostPort}}, "dialect": "jsonrpc"},
            {"transport": "vsock", "port": {{LoopbackPort}}, "dialect": "jsonrpc", "allow_cids": [1, 2], "announce": false},
            {"transport": "vsock", "port": {{WorkloadPort}}, "dialect": "workload"},
            {"transport": "vsock", "port": {{HttpPort}}, "dialect": "http", "allow_cids": [1, 2]},
            {"transport": "vsock-connect", "port": {{ListenerPort}}, "dialect": "jsonrpc"}
          ],
          "policy": {
            "commands": "any",
            "read_paths": ["{{Tree}}"],
            "write_paths": ["{{Tree}}"],
            "runtimes": {"sh": {"command": "/bin/sh", "file": "main.sh", "env": ["GREETING"]} }
          },
          "limits": {"max_concurrent_commands": 64}
        }
        """;

    private VirtualMachine? _machine;

    public VirtualMachine Machine => _machine ?? throw new InvalidOperationException("the VM has not started");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using InjectDirectory inject = AgentInstallation.Service(Configuration);
        inject.Add(Guestctl.Path, "guestctl");
        inject.Add(TestHost.Path, "test-host");
        // Two processors, whatever the host has: for what can only happen where two run at the same instant.
        _machine = await VirtualMachine.StartAsync(
            new VirtualMachineOptions { InjectDirectory = inject.Path, Vsock = true, Processors = 2 },
            Token);
        await ShellAsync("modprobe vsock_loopback");
    }

    public async ValueTask DisposeAsync()
    {
        if (_machine is not null)
        {
            await _machine.DisposeAsync();
        }
    }

    /// <summary>Names a port of the guest as the host reaches it.</summary>
    public string Endpoint(uint port) => GuestEndpoint.Hybrid(Machine.VsockSocket, port).ToString();

    /// <summary>Attaches to the agent.</summary>
    public Task<GuestClient> ConnectAsync(GuestClientOptions? options = null) =>
        GuestClient.ConnectAsync(Endpoint(HostPort), options, Token);

    /// <summary>Runs a shell line in the guest, past the agent, and gives what it printed.</summary>
    public async Task<string> ShellAsync(string line)
    {
        GuestCommandResult result = await Machine.ExecAsync("sh", "-c", line);
        return result.ExitCode == 0
            ? result.StandardOutput.TrimEnd('\n')
            : throw new IOException($"{line}: exit {result.ExitCode}: {result.StandardError}");
    }

    /// <summary>Waits in the guest until a shell line succeeds there.</summary>
    public async Task UntilAsync(string condition, string what)
    {
        string seconds = StateLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        GuestCommandResult result =
            await Machine.ExecAsync("timeout", seconds, "sh", "-c", $"until {condition}; do sleep 0.05; done");
        if (result.ExitCode != 0)
        {
            throw new TimeoutException($"not within {seconds} s: {what}: {await LogAsync()}");
        }
    }

    /// <summary>Has the agent put another configuration into force, and waits until it has.</summary>
    public async Task ReloadAsync(string configuration)
    {
        const string File = "/etc/guest-agent/config.json";
        const string InForce = $"journalctl --sync; journalctl -q -b -o cat -u {AgentInstallation.Unit} | grep -cF '{File}: in force'";
        int before = int.Parse(await ShellAsync($"{InForce} || true"), CultureInfo.InvariantCulture);
        await Machine.PushAsync(System.Text.Encoding.UTF8.GetBytes(configuration), File + ".new", (UnixFileMode)0b110_100_100);
        await ShellAsync($"mv {File}.new {File}");
        await UntilAsync($"[ $({InForce}) -gt {before} ]", "the other configuration");
    }

    /// <summary>Gives the agent's log of this boot.</summary>
    public Task<string> LogAsync() =>
        ShellAsync($"journalctl --sync; journalctl -q -b -o cat _SYSTEMD_UNIT={AgentInstallation.Unit}.service");

    /// <summary>Breaks every connection between host and guest, as a snapshot does.</summary>
    public void ResetConnections() => Signals.Send(Machine.VsockProcessId, Signals.User1);
}
