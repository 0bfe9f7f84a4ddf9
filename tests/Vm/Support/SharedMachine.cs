using Xunit;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>Gives all test classes of this name the same VM, alone on the host: some of them look at times and wake-ups.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SharedMachine : ICollectionFixture<AgentMachine>
{
    public const string Name = "agent in Debian";
}
