namespace GuestAgent.Host.Files;

/// <summary>
/// How much of a transfer may be under way, so that the channel is kept busy and another call on it does not wait for long
/// behind the pieces. What is under way is what the channel carries in its shortest round trip and in
/// <see cref="TargetWait"/>, as the pieces that arrived show.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="sizes">Of the pieces.</param>
internal sealed class TransferPace(TimeProvider clock, PieceSizes sizes)
{
    // The best of so many rates counts: each alone is too low when the other end was busy with something else.
    private const int RatesKept = 8;

    private readonly Lock _gate = new();
    private readonly double[] _rates = new double[RatesKept];
    private int _completions;
    private TimeSpan _shortest = TimeSpan.MaxValue;
    private long _delivered;
    private long _underWay;
    private long _window = (long)sizes.UnderWay * sizes.Smallest;

    /// <summary>How long another call may wait behind what is under way.</summary>
    public static TimeSpan TargetWait { get; } = TimeSpan.FromMilliseconds(8);

    /// <summary>How many bytes the next piece should have.</summary>
    public int PieceBytes
    {
        get
        {
            long share = Interlocked.Read(ref _window) / sizes.UnderWay;
            return (int)(Math.Clamp(share, sizes.Smallest, sizes.Largest) / sizes.Smallest * sizes.Smallest);
        }
    }

    /// <summary>True while one more piece may be sent.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
            {
                return _underWay == 0 || _underWay + PieceBytes <= _window;
            }
        }
    }

    /// <summary>A piece is sent.</summary>
    /// <param name="bytes">Its length.</param>
    public Departure Send(int bytes)
    {
        lock (_gate)
        {
            _underWay += bytes;
            return new Departure(bytes, clock.GetTimestamp(), _delivered);
        }
    }

    /// <summary>A piece has arrived at the other end, and this is known here.</summary>
    public void Arrive(Departure departure)
    {
        lock (_gate)
        {
            _underWay -= departure.Bytes;
            _delivered += departure.Bytes;
            TimeSpan took = clock.GetElapsedTime(departure.Time);
            if (took <= TimeSpan.Zero)
            {
                return;
            }

            _shortest = took < _shortest ? took : _shortest;
            _rates[_completions++ % RatesKept] = (_delivered - departure.DeliveredBefore) / took.TotalSeconds;
            double carried = _rates.Max() * (_shortest + TargetWait).TotalSeconds;
            _window = (long)Math.Clamp(carried, 2L * sizes.Smallest, (long)sizes.UnderWay * sizes.Largest);
        }
    }

    /// <summary>A piece is not under way any more, and nothing is learnt from it.</summary>
    public void Drop(Departure departure)
    {
        lock (_gate)
        {
            _underWay -= departure.Bytes;
        }
    }

    /// <summary>A piece that is under way.</summary>
    /// <param name="Bytes">Its length.</param>
    /// <param name="Time">When it was sent.</param>
    /// <param name="DeliveredBefore">Bytes that had arrived then.</param>
    public readonly record struct Departure(int Bytes, long Time, long DeliveredBefore);
}
