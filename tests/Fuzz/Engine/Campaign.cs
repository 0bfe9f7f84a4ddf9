using System.Diagnostics;

namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>Gives one target input after input, and keeps what shows something new.</summary>
/// <param name="target">The target.</param>
/// <param name="seed">Chooses the inputs.</param>
/// <param name="coverage">Tells what is new; null where nothing is instrumented, and inputs are then made of the corpus alone.</param>
internal sealed class Campaign(FuzzTarget target, int seed, Coverage? coverage)
{
    private const int MostKept = 5000;
    private const int LongestKept = 4096;

    private readonly Random _random = new(seed);
    private readonly List<byte[]> _pool = [];
    private readonly Dictionary<string, (Fault Fault, byte[] Input)> _faults = new(StringComparer.Ordinal);

    /// <summary>The faults found, one of each kind, each with the first input that showed it.</summary>
    public IReadOnlyCollection<(Fault Fault, byte[] Input)> Faults => _faults.Values;

    /// <summary>How many inputs were given.</summary>
    public long Inputs { get; private set; }

    /// <summary>How many inputs are in the pool that others are made of.</summary>
    public int Kept => _pool.Count;

    /// <summary>Gives inputs until one of the bounds is reached.</summary>
    /// <param name="inputs">Most inputs.</param>
    /// <param name="time">Longest time; null for any.</param>
    public void Run(long inputs, TimeSpan? time)
    {
        var watch = Stopwatch.StartNew();
        using var patience = new Patience(target);
        foreach (byte[] input in Corpus.Seeds(target, withFound: coverage is not null))
        {
            Give(input, patience);
            _pool.Add(input);
        }

        if (_pool.Count == 0)
        {
            _pool.Add([]);
        }

        var mutator = new Mutator(_random, target);
        while (Inputs < inputs && (time is null || watch.Elapsed < time))
        {
            byte[] input = mutator.Next(Any(), Any());
            if (Give(input, patience) && _pool.Count < MostKept && input.Length <= LongestKept)
            {
                _pool.Add(input);
                Corpus.KeepFound(target, input);
            }
        }
    }

    // What was found lately is the way to what was not.
    private byte[] Any() => _pool[_random.Next(3) == 0
        ? Math.Max(0, _pool.Count - 1 - _random.Next(20))
        : _random.Next(_pool.Count)];

    private bool Give(byte[] input, Patience patience)
    {
        Inputs++;
        coverage?.Clear();
        patience.Begin(input);
        Fault? fault = Judge.Find(target, input, isAlone: coverage is not null);
        patience.End();
        if (fault is not null)
        {
            _faults.TryAdd(fault.Kind, (fault, input));
            return false;
        }

        return coverage?.IsNew() ?? false;
    }
}
