using System.Diagnostics;
using GuestAgent.Cli.Output;
using GuestAgent.Host;

namespace GuestAgent.Cli.Copying;

/// <summary>
/// Shows on the terminal how a copy goes on: one line, drawn anew a few times a second, and only when it takes longer than
/// that. Nothing at all where standard error is no terminal.
/// </summary>
internal sealed class CopyProgress : IProgress<TransferProgress>, IAsyncDisposable
{
    private const string ClearLine = "\r\e[K";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task _drawing;
    private string? _name;
    private long? _total;
    private long _begun;
    private long _done;
    private RateMeter _rate = new();
    private bool _isShown;

    /// <summary>Begins to show.</summary>
    /// <param name="isShown">False to show nothing.</param>
    public CopyProgress(bool isShown) => _drawing = isShown ? DrawAsync() : Task.CompletedTask;

    /// <summary>A file begins.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="total">Its size, if it is known.</param>
    public void Begin(string name, long? total)
    {
        lock (_gate)
        {
            (_name, _total, _done, _begun, _rate) = (name, total, 0, Stopwatch.GetTimestamp(), new RateMeter());
        }
    }

    /// <inheritdoc/>
    public void Report(TransferProgress value)
    {
        lock (_gate)
        {
            (_done, _total) = (value.Bytes, value.TotalBytes ?? _total);
        }
    }

    /// <summary>Prints something else, where the line was.</summary>
    public void Interrupt(Action print)
    {
        lock (_gate)
        {
            if (_isShown)
            {
                StandardStreams.WriteError(ClearLine);
                _isShown = false;
            }

            print();
        }
    }

    /// <summary>Ends the showing; the last line stays, with what was reached.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _drawing;
        _end.Dispose();
        Leave();
    }

    private async Task DrawAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                lock (_gate)
                {
                    TimeSpan elapsed = Stopwatch.GetElapsedTime(_begun);
                    Show(_rate.At(_done, elapsed), elapsed);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The copy has ended.
        }
    }

    private void Leave()
    {
        if (_isShown)
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(_begun);
            Show(_done / Math.Max(elapsed.TotalSeconds, 0.001), elapsed);
            StandardStreams.WriteError("\n");
        }
    }

    private void Show(double rate, TimeSpan elapsed)
    {
        if (_name is not null)
        {
            StandardStreams.WriteError(ClearLine + ProgressLine.Text(_name, _done, _total, rate, elapsed, Screen.Width));
            _isShown = true;
        }
    }
}
