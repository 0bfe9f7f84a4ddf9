namespace GuestAgent.Transports;

/// <summary>
/// Pauses between tries of what may fail for ever: each twice as long as the one before, up to a longest, with a random
/// part, so that a thousand guests of one host do not come at the same moment.
/// </summary>
/// <param name="first">The first pause.</param>
/// <param name="longest">The longest.</param>
/// <param name="clock">Measures them.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, TimeProvider clock)
{
    private const double Jitter = 0.5;

    private readonly TimeSpan _first = first;
    private TimeSpan _next = first;

    /// <summary>Begins anew with the first pause.</summary>
    public void Reset() => _next = _first;

    /// <summary>Waits for the next pause.</summary>
    public Task PauseAsync(CancellationToken cancellationToken)
    {
#pragma warning disable CA5394 // Nobody gains anything by guessing the pause.
        TimeSpan pause = _next * (1 - (Jitter * Random.Shared.NextDouble()));
#pragma warning restore CA5394
        _next = _next * 2 < longest ? _next * 2 : longest;
        return Task.Delay(pause, clock, cancellationToken);
    }
}
