using System.Globalization;
using GuestAgent.Host;
using GuestAgent.Tests.Vm.Lab;
using Xunit;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>Is one Debian VM with the agent as a systemd service, shared by the tests: booting it is what takes time.</summary>
public class AgentMachine : IAsyncLifetime
{
    private static readonly TimeSpan StateLimit = TimeSpan.FromMinutes(1);

    private VirtualMachine? _machine;
    private int _lastSession;

    public VirtualMachine Machine => _machine ?? throw new InvalidOperationException("the VM has not started");

    public string Socket => Machine.PortSocket(AgentInstallation.Port);

    /// <summary>Gets which VM it is, apart from what it finds at its boot.</summary>
    protected virtual VirtualMachineOptions Options => new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        using InjectDirectory inject = await InjectAsync();
        _machine = await VirtualMachine.StartAsync(
            Options with { InjectDirectory = inject.Path }, Token);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_machine is not null)
        {
            await _machine.DisposeAsync();
        }
    }

    /// <summary>Runs a shell line in the guest, past the agent, and gives what it printed.</summary>
    public async Task<string> ShellAsync(string line)
    {
        GuestCommandResult result = await Machine.ExecAsync("sh", "-c", line);
        return result.ExitCode == 0
            ? result.StandardOutput.TrimEnd('\n')
            : throw new IOException($"{line}: exit {result.ExitCode}: {result.StandardError}");
    }

    public Task StartServiceAsync() => ShellAsync($"systemctl start {AgentInstallation.Unit}");

    public Task StopServiceAsync() => ShellAsync($"systemctl stop {AgentInstallation.Unit}");

    /// <summary>Gives the pid of the running agent.</summary>
    public async Task<int> PidAsync()
        => int.Parse(await PropertyAsync("MainPID"), CultureInfo.InvariantCulture);

    public Task<string> PropertyAsync(string name)
        => ShellAsync($"systemctl show -p {name} --value {AgentInstallation.Unit}");

    /// <summary>Gives the agent's log from its first line of this boot on.</summary>
    public async Task<IReadOnlyList<string>> LogAsync()
        => (await ShellAsync($"journalctl --sync; journalctl -q -b -o cat _SYSTEMD_UNIT={AgentInstallation.Unit}.service"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Gives what the guest finds at its boot, and whose script it runs.</summary>
    protected virtual Task<InjectDirectory> InjectAsync() => Task.FromResult(AgentInstallation.Service());

    /// <summary>Waits until a shell line succeeds in the guest.</summary>
    public async Task UntilAsync(string condition, string what)
    {
        await Bounded.RunAsync(
            async token =>
            {
                // The wait is in the guest: one round trip, not one for each look.
                string loop = $"until {condition}; do sleep 0.05; done";
                GuestCommandResult result = await Machine.ExecAsync(
                    "timeout", StateLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture), "sh", "-c", loop);
                return result.ExitCode == 0
                    ? true
                    : throw new TimeoutException($"not within {StateLimit.TotalSeconds:0} s: {what}");
            },
            StateLimit + TimeSpan.FromSeconds(10),
            what,
            Token);
    }

    /// <summary>Waits until the guest's kernel has seen that no host is attached; a host cannot see that.</summary>
    public Task UntilHostIsGoneAsync()
        => UntilAsync(
            "{ mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug; } && "
            + $"grep -q '^host_connected: 0' /sys/kernel/debug/virtio-ports/$(readlink /dev/virtio-ports/{AgentInstallation.Port} | xargs basename)",
            "the kernel's view that the host is gone");

    /// <summary>Attaches when the guest has seen the host before leave.</summary>
    internal async Task<RawHost> AttachAsync()
    {
        await UntilHostIsGoneAsync();
        return await AttachAtOnceAsync();
    }

    /// <summary>Attaches so quickly that the guest's kernel may not tell this host from the one before.</summary>
    internal Task<RawHost> AttachAtOnceAsync()
        => RawHost.AttachAsync(
            Socket, string.Create(CultureInfo.InvariantCulture, $"s{++_lastSession}"), Token);

    internal Task<GuestClient> ConnectAsync(GuestClientOptions? options = null)
        => GuestClient.ConnectAsync($"unix://{Socket}", options, Token);

    /// <summary>Reads the figures of the agent's process.</summary>
    internal async Task<ProcessFigures> FiguresAsync()
    {
        string pid = await PropertyAsync("MainPID");
        string text = await ShellAsync(
            $"cut -d' ' -f14,15 /proc/{pid}/stat | tr ' ' '+' | xargs -I% sh -c 'echo $((%))'; "
            + $"cat /proc/{pid}/task/*/status | awk '/^voluntary/ {{ n += $2 }} END {{ print n }}'; "
            + $"awk '/^VmRSS/ {{ print $2 }}' /proc/{pid}/status");
        long[] numbers = [.. text.Split('\n').Select(line => long.Parse(line, CultureInfo.InvariantCulture))];
        return new ProcessFigures(numbers[0], numbers[1], numbers[2]);
    }
}
