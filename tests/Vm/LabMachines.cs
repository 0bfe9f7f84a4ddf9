using GuestAgent.Tests.Vm.Lab;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>Shares one Debian VM and one micro VM between the tests of the lab.</summary>
public sealed class LabMachines : IAsyncLifetime
{
    private VirtualMachine? _debian;
    private VirtualMachine? _micro;

    public async ValueTask InitializeAsync()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        _debian = await VirtualMachine.StartAsync(new VirtualMachineOptions { Cpu = "qemu64" }, token);
        _micro = await VirtualMachine.StartAsync(new VirtualMachineOptions { Micro = true }, token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (VirtualMachine? machine in new[] { _debian, _micro })
        {
            if (machine is not null)
            {
                await machine.DisposeAsync();
            }
        }
    }

    public VirtualMachine Get(bool micro)
        => (micro ? _micro : _debian) ?? throw new InvalidOperationException("the VM has not started");
}
