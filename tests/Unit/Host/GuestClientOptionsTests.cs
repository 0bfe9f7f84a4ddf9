using GuestAgent.Host;
using Xunit;

namespace GuestAgent.Tests.Unit.Host;

public sealed class GuestClientOptionsTests
{
    [Fact]
    public void A_time_is_above_zero_and_at_most_a_day()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuestClientOptions { HelloDeadline = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new GuestClientOptions { WriteDeadline = Timeout.InfiniteTimeSpan });
        ArgumentOutOfRangeException refused = Assert.Throws<ArgumentOutOfRangeException>(
            () => new GuestClientOptions { ConnectTimeout = TimeSpan.FromDays(2) });
        Assert.Equal(nameof(GuestClientOptions.ConnectTimeout), refused.ParamName);
    }

    [Fact]
    public void A_size_has_a_range()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuestClientOptions { MaxMessageBytes = 4095 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuestClientOptions { OutputWindowBytes = 1 << 25 });
    }

    [Fact]
    public void The_heartbeat_may_be_off_and_the_margin_zero()
    {
        var options = new GuestClientOptions
        {
            HeartbeatInterval = Timeout.InfiniteTimeSpan,
            CallMargin = TimeSpan.Zero,
        };
        Assert.Equal(Timeout.InfiniteTimeSpan, options.HeartbeatInterval);
        Assert.Equal(TimeSpan.Zero, options.CallMargin);
    }
}
