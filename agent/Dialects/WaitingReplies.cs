namespace GuestAgent.Dialects;

/// <summary>Replies on their way out, short and long ones apart. Under the lock of <see cref="OutboundLanes"/>.</summary>
internal sealed class WaitingReplies
{
    // Longer replies are content, such as pieces of a file, and must not hold up the answer to a ping.
    private const int LongReplyBytes = 4 * 1024;

    private readonly Queue<PooledLine> _short = new();
    private readonly Queue<PooledLine> _long = new();
    private long _bytes;

    /// <summary>Bytes of all that wait. May be looked at without the lock.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>True when none waits.</summary>
    public bool IsEmpty => _short.Count + _long.Count == 0;

    /// <summary>Adds one behind those of its kind.</summary>
    public void Add(PooledLine line)
    {
        _bytes += line.Length;
        (line.Length > LongReplyBytes ? _long : _short).Enqueue(line);
    }

    /// <summary>Takes the first of the short ones; null when there is none.</summary>
    public PooledLine? TakeShort() => Take(_short);

    /// <summary>Takes the first of the long ones; null when there is none.</summary>
    public PooledLine? TakeLong() => Take(_long);

    /// <summary>Drops those that have waited for longer than <paramref name="age"/>.</summary>
    public void DropOlderThan(TimeSpan age)
    {
        DropOlderThan(age, _short);
        DropOlderThan(age, _long);
    }

    /// <summary>Drops all.</summary>
    public void Clear()
    {
        while ((TakeShort() ?? TakeLong()) is { } line)
        {
            line.Dispose();
        }
    }

    private PooledLine? Take(Queue<PooledLine> replies)
    {
        if (replies.TryDequeue(out PooledLine? line))
        {
            _bytes -= line.Length;
        }

        return line;
    }

    private void DropOlderThan(TimeSpan age, Queue<PooledLine> replies)
    {
        for (int left = replies.Count; left > 0; left--)
        {
            PooledLine line = replies.Dequeue();
            if (line.Age <= age)
            {
                replies.Enqueue(line);
                continue;
            }

            _bytes -= line.Length;
            line.Dispose();
        }
    }
}
