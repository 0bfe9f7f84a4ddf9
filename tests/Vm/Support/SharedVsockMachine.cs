using Xunit;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>Gives all test classes of this name the same VM with a vsock device.</summary>
[CollectionDefinition(Name)]
public sealed class SharedVsockMachine : ICollectionFixture<VsockMachine>
{
    public const string Name = "agent with vsock";
}
