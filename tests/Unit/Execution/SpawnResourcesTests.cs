using GuestAgent.Execution;
using GuestAgent.Linux.Native;
using Xunit;

namespace GuestAgent.Tests.Unit.Execution;

/// <summary>What starts of children need: when it is asked for, and what of a failure is left.</summary>
public sealed class SpawnResourcesTests
{
    [Fact]
    public void A_failure_is_not_kept()
    {
        int attempts = 0;
        using SpawnResources resources = new(() => ++attempts == 1 ? throw new LinuxException("mkdir", Errno.ENOMEM) : null);
        Assert.Equal(Errno.ENOMEM, Assert.Throws<LinuxException>(() => resources.NullDevice).Errno);
        Assert.False(resources.NullDevice.IsInvalid);
        Assert.Equal(2, attempts);
    }

    [Fact]
    public void What_was_disposed_before_its_first_use_opens_nothing()
    {
        SpawnResources resources = new(() => throw new InvalidOperationException("nobody may ask"));
        resources.Dispose();
        Assert.Throws<ObjectDisposedException>(() => resources.NullDevice);
    }

    [Fact]
    public void All_is_asked_for_once()
    {
        int attempts = 0;
        using SpawnResources resources = new(() =>
        {
            attempts++;
            return null;
        });
        Assert.Equal(0, attempts);
        Assert.Same(resources.NullDevice, resources.NullDevice);
        Assert.Null(resources.Cgroups);
        Assert.Equal(1, attempts);
    }
}
