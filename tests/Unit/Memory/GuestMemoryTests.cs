using GuestAgent.Memory;
using GuestAgent.Tests.Testing;
using Xunit;

namespace GuestAgent.Tests.Unit.Memory;

public sealed class GuestMemoryTests
{
    [Fact]
    public void The_total_is_what_the_kernel_manages()
    {
        Assert.Equal(65_536L * 1024, GuestMemory.Total("MemTotal:          65536 kB\nMemFree: 1 kB\n"u8));
        Assert.Equal(long.MaxValue, GuestMemory.Total("MemFree: 1 kB\n"u8));
        Assert.Equal(long.MaxValue, GuestMemory.Total("MemTotal:"u8));
        Assert.InRange(GuestMemory.Find(null), 16L << 20, long.MaxValue - 1);
    }

    [Fact]
    public void The_limit_of_the_service_or_of_any_slice_around_it_counts_as_the_guests_memory()
    {
        using var directory = new TemporaryDirectory();
        string slice = Directory.CreateDirectory(directory["system.slice"]).FullName;
        string service = Directory.CreateDirectory(Path.Combine(slice, "guest-agent.service")).FullName;
        File.WriteAllText(Path.Combine(service, "memory.max"), "max\n");
        long whole = GuestMemory.Find(null);
        Assert.Equal(whole, GuestMemory.Find(service));
        File.WriteAllText(Path.Combine(slice, "memory.max"), "33554432\n");
        Assert.Equal(33_554_432, GuestMemory.Find(service));
        File.WriteAllText(Path.Combine(service, "memory.max"), "16777216\n");
        Assert.Equal(16_777_216, GuestMemory.Find(service));
    }
}
