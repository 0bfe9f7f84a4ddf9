using Xunit;

namespace GuestAgent.Tests.Vm.Packages;

/// <summary>Gives all test classes of this name the same VM; each test begins with one of its snapshots.</summary>
[CollectionDefinition(Name)]
public sealed class SharedPackageMachine : ICollectionFixture<PackageMachine>
{
    public const string Name = "packages in Debian";
}
