using GuestAgent.Transports;
using Xunit;

namespace GuestAgent.Tests.Unit.Transports;

public sealed class BackoffTests
{
    private readonly WatchedClock _clock = new();

    [Fact]
    public void Pauses_double_up_to_the_longest_shortened_by_up_to_a_half_and_begin_anew()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4), _clock);

        foreach (int seconds in (int[])[1, 2, 4, 4])
        {
            AssertPause(backoff, seconds);
        }

        backoff.Reset();
        AssertPause(backoff, 1);
    }

    private void AssertPause(Backoff backoff, int seconds)
    {
        Task pause = backoff.PauseAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(seconds) * 0.499);
        Assert.False(pause.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(seconds) * 0.502);
        Assert.True(pause.IsCompleted);
    }
}
