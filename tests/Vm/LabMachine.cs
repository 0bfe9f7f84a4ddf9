using GuestAgent.Tests.Vm.Lab;
using Xunit;

namespace GuestAgent.Tests.Vm;

/// <summary>Shares one micro VM between the tests of the lab.</summary>
public sealed class LabMachine : IAsyncLifetime
{
    private VirtualMachine? _machine;

    public VirtualMachine Machine => _machine ?? throw new InvalidOperationException("the VM has not started");

    public async ValueTask InitializeAsync()
        => _machine = await VirtualMachine.StartAsync(
            new VirtualMachineOptions { Micro = true }, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_machine is not null)
        {
            await _machine.DisposeAsync();
        }
    }
}
