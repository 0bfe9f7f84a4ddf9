using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;


namespace GuestAgent.Logging;

/// <summary>
/// Writes lines to standard error and never waits for who reads it. Whoever logs writes himself, so that his line is with the
/// kernel when the call returns. Lines that find no room wait in a <see cref="LogBacklog"/> for a thread, which begins with the
/// first of them and costs nothing while there are none.
/// </summary>
internal sealed class JournalWriter
{
    private const int StackBytes = 128 * 1024;
    private const int WarningPriority = 4;

    // A terminal may say that it has room and take nothing.
    private const int PauseMilliseconds = 20;

    // Where a write may wait, the thread makes all of them. What is recorded waits this long for its record, once.
    private static readonly TimeSpan HandOver = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();
    private readonly SharedOutput _output;
    private readonly bool _hasPriorities;
    private readonly LogBacklog _backlog = new();
    private readonly LineInHand _hand;
    private Thread? _thread;
    private bool _isThreads;
    private bool _isStuck;

    /// <summary>Writes to an output.</summary>
    /// <param name="output">Where lines go.</param>
    /// <param name="hasPriorities">Whether each has its priority in front, sd-daemon(3).</param>
    public JournalWriter(SharedOutput output, bool hasPriorities)
    {
        _output = output;
        _hasPriorities = hasPriorities;
        _hand = new LineInHand(_backlog, loss => Line(WarningPriority, loss.ToString()));
    }

    /// <summary>How many records are lost: nobody took them in time, or they could not be written.</summary>
    public long Lost
    {
        get
        {
            lock (_gate)
            {
                return _backlog.Lost;
            }
        }
    }

    /// <summary>Writes one record, or keeps it to be written as soon as there is room.</summary>
    /// <param name="priority">0 to 7, syslog(3).</param>
    /// <param name="text">The record.</param>
    /// <param name="isRefusal">Whether it is of those that are lost first.</param>
    public void Write(int priority, string text, bool isRefusal = false)
    {
        byte[] line = Line(priority, text);
        lock (_gate)
        {
            _backlog.Add(line, isRefusal);
            if (_isThreads || _output.MayWait || !WriteAll())
            {
                LeaveToThread();
            }

            if (_output.MayWait && !_isStuck)
            {
                _isStuck = !Flush(HandOver);
            }
        }
    }

    /// <summary>Waits until everything is written.</summary>
    /// <param name="limit">How long at most.</param>
    /// <returns>False when it is not.</returns>
    public bool Flush(TimeSpan limit)
    {
        long end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        lock (_gate)
        {
            while (_isThreads && end - Environment.TickCount64 is > 0 and var left)
            {
                Monitor.Wait(_gate, (int)left);
            }

            return !_isThreads;
        }
    }

    private byte[] Line(int priority, string text) => LogLine.Of(_hasPriorities ? priority : null, text);

    // False when there is no room for what is left.
    private bool WriteAll()
    {
        while (_hand.TryBegin())
        {
            if (!Take(TryWrite()))
            {
                return false;
            }
        }

        return true;
    }

    // The number of bytes; null when it cannot be written.
    private int? TryWrite()
    {
        try
        {
            return _output.TryWrite(_hand.Rest.Span);
        }
        catch (LinuxException)
        {
            // Nobody reads the log any more, or its disk is full; the agent's work does not depend on it.
            return null;
        }
    }

    private bool Take(int? count)
    {
        switch (count)
        {
            case null:
                _hand.Lose();
                return true;
            case 0:
                return false;
            default:
                _hand.Advance(count.Value);
                return true;
        }
    }

    private void LeaveToThread()
    {
        try
        {
            _thread ??= Start();
            _isThreads = true;
            Monitor.PulseAll(_gate);
        }
        catch (OutOfMemoryException)
        {
            // No thread can be had now: whoever logs next tries again.
            return;
        }
    }

    private Thread Start()
    {
        var thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "log" };
        thread.Start();
        return thread;
    }

    // From when it is left the writing to until nothing waits any more, nobody else writes.
    private void Run()
    {
        while (true)
        {
            lock (_gate)
            {
                while (!_isThreads || !_hand.TryBegin())
                {
                    (_isThreads, _isStuck) = (false, false);
                    Monitor.PulseAll(_gate);
                    Monitor.Wait(_gate);
                }
            }

            if (!_output.MayWait)
            {
                _output.WaitForRoom();
            }

            int? count = TryWrite();
            lock (_gate)
            {
                if (!Take(count))
                {
                    Monitor.Wait(_gate, PauseMilliseconds);
                }
            }
        }
    }
}
