using Xunit;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>Gives all test classes of this name the same VM, alone on the host: they look at times and wake-ups.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SharedQuietMachine : ICollectionFixture<AgentMachine>
{
    public const string Name = "agent in Debian on a quiet host";
}
