namespace GuestAgent.Benchmarks.Measuring;

/// <summary>Measures the same thing with both agents in turns, so that drift of the machine hits both.</summary>
internal sealed class Comparison
{
    private readonly List<double> _ratios = [];

    private Comparison(int capacity)
    {
        Ours = new Samples(capacity);
        Theirs = new Samples(capacity);
    }

    public Samples Ours { get; }

    public Samples Theirs { get; }

    /// <summary>Our median in relation to theirs, in the middle one of the rounds: what disturbs the machine disturbs a round.</summary>
    public double Ratio => Quantile(0.5);

    /// <summary>The ratio that a quarter of the rounds stays below.</summary>
    public double LowerQuartile => Quantile(0.25);

    /// <summary>The ratio that a quarter of the rounds exceeds.</summary>
    public double UpperQuartile => Quantile(0.75);

    /// <param name="rounds">How often the agents take turns; who begins alternates.</param>
    /// <param name="count">Samples of each agent in a round.</param>
    /// <param name="ours">What is timed, with our agent.</param>
    /// <param name="theirs">What is timed, with the other agent.</param>
    public static Comparison Run(int rounds, int count, Action ours, Action theirs)
    {
        // Both warm: code paths, pools and the client's own compiled code.
        Samples.Take(count, ours);
        Samples.Take(count, theirs);
        Comparison comparison = new(rounds * count);
        for (int round = 0; round < rounds; round++)
        {
            comparison.AddRound(count, ours, theirs, oursFirst: round % 2 == 0);
        }

        return comparison;
    }

    /// <param name="rounds">How often the agents take turns; who begins alternates.</param>
    /// <param name="ours">Times one run of our agent.</param>
    /// <param name="theirs">Times one run of the other agent.</param>
    public static async Task<Comparison> RunAsync(int rounds, Func<Task<TimeSpan>> ours, Func<Task<TimeSpan>> theirs)
    {
        await ours();
        await theirs();
        Comparison comparison = new(rounds);
        for (int round = 0; round < rounds; round++)
        {
            TimeSpan first = await (round % 2 == 0 ? ours : theirs)();
            TimeSpan second = await (round % 2 == 0 ? theirs : ours)();
            (TimeSpan mine, TimeSpan peers) = round % 2 == 0 ? (first, second) : (second, first);
            comparison.Ours.Add(mine);
            comparison.Theirs.Add(peers);
            comparison._ratios.Add(mine / peers);
        }

        return comparison;
    }

    private void AddRound(int count, Action ours, Action theirs, bool oursFirst)
    {
        Samples first = Samples.Take(count, oursFirst ? ours : theirs);
        Samples second = Samples.Take(count, oursFirst ? theirs : ours);
        (Samples mine, Samples peers) = oursFirst ? (first, second) : (second, first);
        Ours.Add(mine);
        Theirs.Add(peers);
        _ratios.Add(mine.Median / peers.Median);
    }

    private double Quantile(double part) => _ratios.Order().ElementAt((int)(part * (_ratios.Count - 1)));
}
