using System.IO.Pipelines;

namespace GuestAgent.Dialects;

/// <summary>
/// The one writer of a connection. Three lanes in this order: replies and control; streams and long replies, fair among
/// each other; telemetry, where the newest of a kind replaces what waits. Whoever adds a message while nothing is being written
/// writes it himself, so that an idle connection needs neither task nor thread hop.
/// </summary>
/// <param name="output">Where the bytes go; its back-pressure bounds what is on the way.</param>
/// <param name="maxReplyBytes">Bytes of replies that may wait.</param>
/// <param name="onOverrun">Called once when more wait: the peer does not read.</param>
internal sealed class OutboundLanes(PipeWriter output, int maxReplyBytes, Action onOverrun)
{
    private readonly Lock _gate = new();
    private readonly GatheringWriter _output = new(output);
    private readonly WaitingReplies _replies = new();
    private readonly Queue<StreamLane> _streams = new();
    private readonly LatestMessages _latest = new();
    private TaskCompletionSource? _idle;
    private bool _writing;
    private int _stay;
    private bool _closed;
    private bool _longReplyIsNext = true;

    /// <summary>Which host is served: another number after each <see cref="Clear"/>.</summary>
    public int Stay
    {
        get
        {
            lock (_gate)
            {
                return _stay;
            }
        }
    }

    /// <summary>Adds a reply or control message.</summary>
    /// <param name="line">The message.</param>
    /// <param name="stay">The host that it is for, to be dropped when that has gone; null for whoever is there.</param>
    public void PostReply(PooledLine line, int? stay = null)
    {
        bool overrun = false;
        lock (_gate)
        {
            if (IsTooLateFor(stay))
            {
                line.Dispose();
                return;
            }

            overrun = _replies.Bytes > 0 && _replies.Bytes + line.Length > maxReplyBytes;
            if (!overrun)
            {
                _replies.Add(line);
            }
        }

        if (overrun)
        {
            line.Dispose();
            Close();
            onOverrun();
            return;
        }

        Write();
    }

    /// <summary>Opens a lane for one stream of messages.</summary>
    /// <param name="stay">The host that it is for; null for whoever is there.</param>
    public StreamLane OpenStream(int? stay = null) => new(this, stay);

    /// <summary>Adds telemetry; what waits under the same key is dropped for it.</summary>
    /// <param name="key">Its kind.</param>
    /// <param name="line">The message.</param>
    /// <param name="stay">The host that it is for; null for whoever is there.</param>
    public void PostLatest(string key, PooledLine line, int? stay = null)
    {
        lock (_gate)
        {
            if (IsTooLateFor(stay))
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

    /// <summary>Drops everything that waits, and what is still to come for its stay: it was for a host that is gone.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _stay++;
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
            if (IsTooLateFor(lane.Stay))
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

    private bool IsTooLateFor(int? stay) => _closed || (stay is { } host && host != _stay);

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
            return _replies.TakeShort() ?? TakeInTurn() ?? _latest.Take();
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

    private void DropAll()
    {
        foreach (StreamLane lane in _streams)
        {
            lane.Drop();
        }

        _replies.Clear();
        _latest.Clear();
        _streams.Clear();
    }
}
