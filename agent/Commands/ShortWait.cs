using GuestAgent.Execution;


namespace GuestAgent.Commands;

/// <summary>
/// Waits on the thread that has started a command for its end, where that comes soon: one wake-up then in place of four.
/// How soon that is depends on the machine, so the wait follows what commands have taken lately, within bounds: whoever
/// asks next on the same connection waits as long.
/// </summary>
internal sealed class ShortWait
{
    /// <summary>Waited for in any case, and by all who do not get <see cref="Longest"/>.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>Waited for where commands take that long, by one thread at a time.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(20);

    // In the resolution of the wait itself, poll(2).
    private int _milliseconds = (int)Shortest.TotalMilliseconds;
    private int _waiting;

    /// <summary>How long the next command is waited for, unless another one is at that moment.</summary>
    public TimeSpan Usual => TimeSpan.FromMilliseconds(Volatile.Read(ref _milliseconds));

    /// <summary>Waits; true when the command has ended.</summary>
    public bool SeesEndOf(ChildProcess child)
    {
        if (Interlocked.Exchange(ref _waiting, 1) != 0)
        {
            return child.EndsWithin(Shortest);
        }

        try
        {
            if (child.EndsWithin(Usual))
            {
                return true;
            }

            // At once, and not when it has ended: more of its kind may be on their way.
            Set(Usual / 2);
            return false;
        }
        finally
        {
            Volatile.Write(ref _waiting, 0);
        }
    }

    /// <summary>Notes how long a command has run: twice that is waited for the next one, where it is not too long.</summary>
    public void Learn(TimeSpan elapsed)
    {
        if (elapsed * 2 <= Longest)
        {
            Set(elapsed * 2);
        }
    }

    private void Set(TimeSpan wait) => Volatile.Write(
        ref _milliseconds, (int)Math.Ceiling(Math.Max(wait.TotalMilliseconds, Shortest.TotalMilliseconds)));
}
