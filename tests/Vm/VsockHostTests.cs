using GuestAgent.Tests.Vm.Support;
using GuestAgent.Tests.Workload;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>A host's test list against the agent and against guests that misbehave, in a VM with a real vsock device.</summary>
[Collection(SharedVsockMachine.Name)]
public sealed class VsockHostTests(VsockMachine guest) : HostTestList
{
    protected override string Endpoint(uint port) => guest.Endpoint(port);

    protected override async Task ServeAsync(uint port, byte[] bytes, bool isHeld)
    {
        await guest.Machine.PushAsync(bytes, $"/tmp/said-{port}", (UnixFileMode)0b110_100_100);
        string then = isHeld ? "; sleep 600" : "";
        await guest.ShellAsync(
            $"systemctl -q stop said-{port} 2> /dev/null; "
            + $"systemd-run -q --collect --unit=said-{port} socat VSOCK-LISTEN:{port},fork 'SYSTEM:cat /tmp/said-{port}{then}'");
    }

    protected override Task ResetAsync()
    {
        guest.ResetConnections();
        return Task.CompletedTask;
    }
}
