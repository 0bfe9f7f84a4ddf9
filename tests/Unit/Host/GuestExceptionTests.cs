using GuestAgent.Host;
using GuestAgent.Host.Workloads;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class GuestExceptionTests
{
    [Fact]
    public void Whoever_catches_the_base_catches_every_exception_of_the_library()
    {
        Type[] own = [.. typeof(GuestClient).Assembly.GetExportedTypes().Where(typeof(Exception).IsAssignableFrom)];
        Assert.Contains(typeof(GuestEndpointException), own);
        Assert.Contains(typeof(WorkloadException), own);
        Assert.All(own, type => Assert.True(typeof(GuestException).IsAssignableFrom(type), type.Name));
    }
}
