namespace GuestAgent.Host.Sessions;

/// <summary>
/// When to try again after a loss. A session that was lost soon counts as one more failed attempt, so that an agent that
/// breaks every session is not asked in a tight loop.
/// </summary>
internal sealed class RetryDelays(GuestClientOptions options)
{
    private readonly ReconnectOptions _reconnect = options.Reconnect ?? new ReconnectOptions();
    private long _begun;
    private long _lost;

    /// <summary>The number of the attempt that <see cref="Next"/> gave the delay of, from 1.</summary>
    public int Attempt { get; private set; }

    /// <summary>A session stands.</summary>
    public void Begin() => _begun = options.TimeProvider.GetTimestamp();

    /// <summary>The session was lost.</summary>
    public void Lost()
    {
        _lost = options.TimeProvider.GetTimestamp();
        if (options.TimeProvider.GetElapsedTime(_begun, _lost) >= _reconnect.MaxDelay)
        {
            Attempt = 0;
        }
    }

    /// <summary>The delay before the next attempt; null when it is time to give up.</summary>
    public TimeSpan? Next()
    {
#pragma warning disable CA5394 // Chance spreads clients over time; nobody gains by guessing it.
        TimeSpan delay = _reconnect.DelayBefore(++Attempt, Random.Shared.NextDouble());
#pragma warning restore CA5394
        if (_reconnect.GiveUpAfter == Timeout.InfiniteTimeSpan)
        {
            return delay;
        }

        TimeSpan left = _reconnect.GiveUpAfter - options.TimeProvider.GetElapsedTime(_lost);
        return left <= TimeSpan.Zero ? null : delay < left ? delay : left;
    }
}
