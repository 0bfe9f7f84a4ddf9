using Xunit;

// Two VMs at a time under emulation take longer than one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

