using System.Diagnostics;

namespace GuestAgent.Tests.Fuzz.Engine;

/// <summary>
/// Ends the process when a target does not come back from an input, which is kept first: nothing else can be done about a loop
/// without end. A minute is ten thousand times what the slowest input needs.
/// </summary>
internal sealed class Patience : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly FuzzTarget _target;
    private readonly Timer _timer;
    private volatile byte[]? _input;
    private long _began;

    /// <summary>Begins to look at a target.</summary>
    public Patience(FuzzTarget target)
    {
        _target = target;
        _timer = new Timer(_ => Look(), null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));
    }

    /// <summary>An input is given.</summary>
    public void Begin(byte[] input)
    {
        Volatile.Write(ref _began, Stopwatch.GetTimestamp());
        _input = input;
    }

    /// <summary>The target has come back.</summary>
    public void End() => _input = null;

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (_input is { } input && Stopwatch.GetElapsedTime(Volatile.Read(ref _began)) > Longest)
        {
            string file = Corpus.KeepFailure(_target, input);
            Console.Error.WriteLine($"{_target.Name}: no end of an input after {Longest.TotalSeconds} s, kept in {file}");
            Environment.Exit(3);
        }
    }
}
