namespace GuestAgent.Dialects;

/// <summary>The messages of one stream that wait for their turn, few enough to bound memory and delay.</summary>
/// <param name="lanes">The writer in whose turn it takes part.</param>
/// <param name="generation">The host that it is for, see <see cref="OutboundLanes.Generation"/>; null for whoever is there.</param>
internal sealed class StreamLane(OutboundLanes lanes, int? generation)
{
    // Two pieces of 32 KiB in base64: one being written, one ready.
    private const int RoomBytes = 96 * 1024;

    private readonly Queue<PooledLine> _lines = new();
    private TaskCompletionSource? _room;
    private int _bytes;

    /// <summary>The host that it is for; null for whoever is there.</summary>
    public int? Generation => generation;

    /// <summary>Adds a message; completes when there is room for another.</summary>
    public async ValueTask PostAsync(PooledLine line, CancellationToken cancellationToken)
    {
        lanes.Enqueue(this, line);
        if (Room() is { } room)
        {
            await room.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Adds the last message of the stream, behind all that waits.</summary>
    public void PostLast(PooledLine line) => lanes.Enqueue(this, line);

    /// <summary>Under the writer's lock: adds a message.</summary>
    /// <returns>True when the lane was empty and must be put in the writer's turn.</returns>
    internal bool Add(PooledLine line)
    {
        lock (_lines)
        {
            _lines.Enqueue(line);
            _bytes += line.Length;
            return _lines.Count == 1;
        }
    }

    /// <summary>Under the writer's lock: takes the next message.</summary>
    internal PooledLine Remove(out bool more)
    {
        lock (_lines)
        {
            PooledLine line = _lines.Dequeue();
            _bytes -= line.Length;
            more = _lines.Count > 0;
            if (_bytes <= RoomBytes)
            {
                Released();
            }

            return line;
        }
    }

    /// <summary>Under the writer's lock: drops what waits.</summary>
    internal void Drop()
    {
        lock (_lines)
        {
            foreach (PooledLine line in _lines)
            {
                line.Dispose();
            }

            _lines.Clear();
            _bytes = 0;
            Released();
        }
    }

    /// <summary>Lets whoever waits for room go on.</summary>
    internal void Released()
    {
        lock (_lines)
        {
            _room?.TrySetResult();
            _room = null;
        }
    }

    private Task? Room()
    {
        lock (_lines)
        {
            return _bytes <= RoomBytes
                ? null
                : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
