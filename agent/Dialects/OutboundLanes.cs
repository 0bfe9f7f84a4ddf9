using System.IO.Pipelines;
using GuestAgent.Memory;

namespace GuestAgent.Dialects;

/// <summary>
/// The one writer of a connection. Three lanes in this order: replies and control; streams and long replies, fair among
/// each other; telemetry, where the newest of a kind replaces what waits. Whoever adds a message while nothing is being written
/// writes it himself, so that an idle connection needs neither task nor thread hop.
/// </summary>
internal sealed class OutboundLanes
{
    // Replies that wait beyond that are counted, however short they are.
    private const int UncountedReplyBytes = 16 * 1024;

    private readonly int _maxReplyBytes;
    private readonly Action _onOverrun;
    private readonly Lock _gate = new();
    private readonly GatheringWriter _output;
    private readonly Reclaimable _unread;
    private readonly WaitingReplies _replies = new();
    private readonly Queue<StreamLane> _streams = new();
    private readonly LatestMessages _latest = new();
    private TaskCompletionSource? _idle;
    private bool _writing;
    private int _underWay;
    private int _generation;
    private bool _closed;
    private bool _longReplyIsNext = true;

    /// <summary>Nothing waits.</summary>
    /// <param name="output">Where the bytes go; its back-pressure bounds what is on the way.</param>
    /// <param name="maxReplyBytes">Bytes of replies that may wait.</param>
    /// <param name="memory">Counts what waits.</param>
    /// <param name="onOverrun">Called when more wait, or what waits has to be given up: the peer does not read.</param>
    public OutboundLanes(PipeWriter output, int maxReplyBytes, MemoryShare memory, Action onOverrun)
    {
        _output = new GatheringWriter(output, () => _unread!.Renew());
        _maxReplyBytes = maxReplyBytes;
        _onOverrun = onOverrun;
        Memory = memory;
        _unread = memory.AddReclaimable(Overrun, onlyWhenStale: true);
    }

    /// <summary>Counts what the connection holds.</summary>
    public MemoryShare Memory { get; }

    /// <summary>Which host is served: another number after each <see cref="Clear"/>.</summary>
    public int Generation
    {
        get
        {
            lock (_gate)
            {
                return _generation;
            }
        }
    }

    /// <summary>Adds a reply or control message.</summary>
    /// <param name="line">The message.</param>
    /// <param name="generation">The host that it is for, to be dropped when that has gone; null for whoever is there.</param>
    public void PostReply(PooledLine line, int? generation = null)
    {
        // Not under the lock: for memory another connection may be ended. Where nothing waits, nothing is counted.
        bool overrun = _replies.Bytes > UncountedReplyBytes && !line.TryCount();
        lock (_gate)
        {
            if (IsTooLateFor(generation))
            {
                line.Dispose();
                return;
            }

            overrun |= _replies.Bytes > 0 && _replies.Bytes + line.Length > _maxReplyBytes;
            if (!overrun)
            {
                _replies.Add(line);
                NoteUnread();
            }
        }

        if (overrun)
        {
            line.Dispose();
            Overrun();
            return;
        }

        Write();
    }

    /// <summary>Opens a lane for one stream of messages.</summary>
    /// <param name="generation">The host that it is for; null for whoever is there.</param>
    public StreamLane OpenStream(int? generation = null) => new(this, generation);

    /// <summary>Adds telemetry; what waits under the same key is dropped for it.</summary>
    /// <param name="key">Its kind.</param>
    /// <param name="line">The message.</param>
    /// <param name="generation">The host that it is for; null for whoever is there.</param>
    public void PostLatest(string key, PooledLine line, int? generation = null)
    {
        lock (_gate)
        {
            if (IsTooLateFor(generation))
            {
                line.Dispose();
                return;
            }

            _latest.Put(key, line);
        }

        Write();
    }

    /// <summary>Whether telemetry waits under this key.</summary>
    public bool HasLatest(string key)
    {
        lock (_gate)
        {
            return _latest.Has(key);
        }
    }

    /// <summary>Drops everything that waits, and what is still to come for its generation: it was for a host that is gone.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _generation++;
            DropAll();
        }
    }

    /// <summary>
    /// Drops replies and telemetry that have waited for longer than <paramref name="age"/>: they were for another host.
    /// </summary>
    public void DropOlderThan(TimeSpan age)
    {
        lock (_gate)
        {
            _latest.DropOlderThan(age);
            _replies.DropOlderThan(age);
        }
    }

    /// <summary>Drops everything and takes no more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            DropAll();
        }
    }

    /// <summary>Completes when everything added so far has been given to the transport.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return _writing ? (_idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    /// <summary>Called by a stream lane: adds <paramref name="line"/> to it.</summary>
    internal void Enqueue(StreamLane lane, PooledLine line)
    {
        lock (_gate)
        {
            if (IsTooLateFor(lane.Generation))
            {
                line.Dispose();
                lane.Released();
                return;
            }

            if (lane.Add(line))
            {
                _streams.Enqueue(lane);
            }
        }

        Write();
    }

    private bool IsTooLateFor(int? generation) => _closed || (generation is { } host && host != _generation);

    private void Write()
    {
        lock (_gate)
        {
            if (_writing)
            {
                return;
            }

            _writing = true;
        }

        _ = WriteAllAsync();
    }

    private async Task WriteAllAsync()
    {
        try
        {
            do
            {
                while (Take() is { } line)
                {
                    using (line)
                    {
                        await _output.WriteAsync(line);
                    }
                }

                await _output.FlushAsync();
            }
            while (!TryStop());
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or OperationCanceledException)
        {
            // The transport has ended; its reader reports that, here is only nobody left to write to.
            Close();
            Stop();
        }
    }

    private PooledLine? Take()
    {
        lock (_gate)
        {
            PooledLine? line = _replies.TakeShort() ?? TakeInTurn() ?? _latest.Take();
            _underWay = line?.Length ?? 0;
            NoteUnread();
            return line;
        }
    }

    // Long replies and streams, one of each where both wait.
    private PooledLine? TakeInTurn()
    {
        PooledLine? reply = _longReplyIsNext || _streams.Count == 0 ? _replies.TakeLong() : null;
        _longReplyIsNext = reply is null;
        return reply ?? TakeFromStream();
    }

    private PooledLine? TakeFromStream()
    {
        if (!_streams.TryDequeue(out StreamLane? lane))
        {
            return null;
        }

        PooledLine line = lane.Remove(out bool more);
        if (more)
        {
            _streams.Enqueue(lane);
        }

        return line;
    }

    private bool TryStop()
    {
        lock (_gate)
        {
            if (!_replies.IsEmpty || _streams.Count > 0 || !_latest.IsEmpty)
            {
                return false;
            }

            Stop();
            return true;
        }
    }

    private void Stop()
    {
        lock (_gate)
        {
            _writing = false;
            _idle?.SetResult();
            _idle = null;
        }
    }

    private void Overrun()
    {
        Close();
        _onOverrun();
    }

    // Whether the peer reads shows in what is taken for it.
    private void NoteUnread()
    {
        long bytes = _replies.Bytes + _underWay;
        bytes = bytes > UncountedReplyBytes ? bytes : 0;
        if (bytes == 0 && _unread.Bytes == 0)
        {
            return;
        }

        if (bytes < _unread.Bytes)
        {
            _unread.Renew();
        }

        _unread.Note(bytes);
    }

    private void DropAll()
    {
        foreach (StreamLane lane in _streams)
        {
            lane.Drop();
        }

        _replies.Clear();
        _latest.Clear();
        _streams.Clear();
        NoteUnread();
    }
}
