namespace GuestAgent.Dispatch;

/// <summary>
/// How fast one connection asks: a bucket that fills with one second's worth of requests, so that a burst of that many
/// passes at once.
/// </summary>
internal sealed class RequestRate
{
    private readonly Lock _gate = new();
    private double _left = double.PositiveInfinity;
    private long _last;

    /// <summary>Takes a request's place.</summary>
    /// <param name="perSecond">Requests per second that are allowed now, above 0.</param>
    /// <param name="clock">The monotonic clock.</param>
    /// <param name="wait">When there will be a place; zero when there is one.</param>
    public bool TryTake(double perSecond, TimeProvider clock, out TimeSpan wait)
    {
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            double filled = _left + (clock.GetElapsedTime(_last, now).TotalSeconds * perSecond);
            // Slower than one a second, there is still room for one.
            _left = Math.Min(filled, Math.Max(perSecond, 1));
            _last = now;
            if (_left >= 1)
            {
                _left--;
                wait = TimeSpan.Zero;
                return true;
            }

            wait = TimeSpan.FromSeconds((1 - _left) / perSecond);
            return false;
        }
    }
}
