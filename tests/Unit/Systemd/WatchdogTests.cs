using GuestAgent.Systemd;
using Xunit;

namespace GuestAgent.Tests.Unit.Systemd;

public sealed class WatchdogTests
{
    [Theory]
    [InlineData("3000000", null, 3.0)]
    [InlineData("3000000", "7", 3.0)]
    [InlineData("3000000", "8", null)]
    [InlineData("3000000", "", null)]
    [InlineData(null, null, null)]
    [InlineData("0", null, null)]
    [InlineData("-5", null, null)]
    [InlineData("soon", null, null)]
    [InlineData("18446744073709551615", null, null)]
    public void It_watches_only_whom_the_manager_means(string? microseconds, string? watched, double? seconds)
    {
        Assert.Equal(seconds, Watchdog.LimitFrom(microseconds, watched, own: 7)?.TotalSeconds);
    }
}
