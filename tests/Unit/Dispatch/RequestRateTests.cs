using GuestAgent.Dispatch;
using Xunit;

namespace GuestAgent.Tests.Unit.Dispatch;

public sealed class RequestRateTests
{
    private readonly WatchedClock _clock = new();
    private readonly RequestRate _rate = new();

    [Fact]
    public void A_second_worth_passes_at_once_and_then_one_by_one()
    {
        Assert.Equal(10, Burst(10));
        Assert.False(_rate.TryTake(10, _clock, out TimeSpan wait));
        Assert.Equal(100, wait.TotalMilliseconds, precision: 3);
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, Burst(10));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(10, Burst(10));
    }

    [Fact]
    public void Less_than_one_a_second_is_one_now_and_then()
    {
        Assert.Equal(1, Burst(0.1));
        Assert.False(_rate.TryTake(0.1, _clock, out TimeSpan wait));
        Assert.Equal(10, wait.TotalSeconds, precision: 3);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, Burst(0.1));
    }

    [Fact]
    public void A_limit_that_is_lowered_counts_at_once()
    {
        Assert.True(_rate.TryTake(1000, _clock, out _));
        Assert.Equal(2, Burst(2));
    }

    private int Burst(double perSecond)
    {
        int passed = 0;
        while (_rate.TryTake(perSecond, _clock, out _))
        {
            passed++;
        }

        return passed;
    }
}
