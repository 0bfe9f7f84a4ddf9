using GuestAgent.Tests.Vm.Packages;
using Xunit.Sdk;
using Xunit.v3;

namespace GuestAgent.Tests.Vm.Support;

/// <summary>
/// Begins with the collection that takes as long as most others together: begun last, it would leave a processor without
/// work.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection
        => [.. testCollections.OrderByDescending(c => c.TestCollectionDisplayName == SharedPackageMachine.Name)];
}
