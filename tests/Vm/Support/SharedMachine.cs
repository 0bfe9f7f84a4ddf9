using Xunit;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>Gives all test classes of this name the same VM.</summary>
[CollectionDefinition(Name)]
public sealed class SharedMachine : ICollectionFixture<AgentMachine>
{
    public const string Name = "agent in Debian";
}
