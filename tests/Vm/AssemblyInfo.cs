using GuestAgent.Tests.Vm.Support;
using Xunit;

// An emulated machine keeps little more than one core busy. Tests that look at times say that they run alone.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]
