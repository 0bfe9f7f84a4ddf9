using System.Buffers;
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
    // One flush for as much as Kestrel keeps in its own buffer.
    private const int FlushBytes = 64 * 1024;

    // What is longer is worth a write of its own, from where it is.
    private const int GatheredBytes = 4 * 1024;

    private readonly Lock _gate = new();
    private readonly WaitingReplies _replies = new();
    private readonly Queue<StreamLane> _streams = new();
    private readonly Dictionary<string, PooledLine> _latest = new(StringComparer.Ordinal);
    private TaskCompletionSource? _idle;
    private bool _writing;
    private bool _closed;
    private bool _longReplyIsNext;

    /// <summary>Adds a reply or control message.</summary>
    public void PostReply(PooledLine line)
    {
        bool overrun = false;
        lock (_gate)
        {
            if (_closed)
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
    public StreamLane OpenStream() => new(this);

    /// <summary>Adds telemetry; what waits under the same key is dropped for it.</summary>
    public void PostLatest(string key, PooledLine line)
    {
        lock (_gate)
        {
            if (_latest.Remove(key, out PooledLine? older))
            {
                older.Dispose();
            }

            if (_closed)
            {
                line.Dispose();
                return;
            }

            _latest.Add(key, line);
        }

        Write();
    }

    /// <summary>Whether telemetry waits under this key.</summary>
    public bool HasLatest(string key)
    {
        lock (_gate)
        {
            return _latest.ContainsKey(key);
        }
    }

    /// <summary>Drops everything that waits: it was for a host that is gone.</summary>
    public void Clear()
    {
        lock (_gate)
        {
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
            foreach (string key in (string[])[.. _latest.Keys])
            {
                if (_latest[key].Age > age && _latest.Remove(key, out PooledLine? old))
                {
                    old.Dispose();
                }
            }

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
            if (_closed)
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
        int unflushed = 0;
        try
        {
            while (Take() is { } line)
            {
                using (line)
                {
                    unflushed = await WriteAsync(line.Memory, unflushed);
                    if (!line.Attached.IsEmpty)
                    {
                        // Only sockets have that, which take it from where it is.
                        unflushed = 0;
                        await FlushAsync(line.Attached);
                    }
                }

                if (unflushed > 0 && !More())
                {
                    unflushed = 0;
                    await FlushAsync(default);
                }
            }
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or OperationCanceledException)
        {
            // The transport has ended; its reader reports that, here is only nobody left to write to.
            Close();
            Stop();
        }
    }

    // Returns how many bytes are gathered now and not flushed.
    private async ValueTask<int> WriteAsync(ReadOnlyMemory<byte> bytes, int unflushed)
    {
        while (bytes.Length > GatheredBytes)
        {
            // In pieces, so that a long message does not pass through a pipe's memory as a whole.
            ReadOnlyMemory<byte> piece = bytes[..Math.Min(bytes.Length, FlushBytes)];
            bytes = bytes[piece.Length..];
            unflushed = 0;
            await FlushAsync(piece);
        }

        output.Write(bytes.Span);
        unflushed += bytes.Length;
        if (unflushed < FlushBytes)
        {
            return unflushed;
        }

        await FlushAsync(default);
        return 0;
    }

    // Whatever was gathered goes out, and the piece behind it.
    private async ValueTask FlushAsync(ReadOnlyMemory<byte> piece)
    {
        FlushResult result = await output.WriteAsync(piece, CancellationToken.None);
        if (result.IsCompleted)
        {
            Close();
        }
    }

    private bool More()
    {
        lock (_gate)
        {
            return !_replies.IsEmpty || _streams.Count > 0 || _latest.Count > 0;
        }
    }

    private PooledLine? Take()
    {
        lock (_gate)
        {
            if (_replies.TakeShort() is { } reply)
            {
                return reply;
            }

            _longReplyIsNext = !_longReplyIsNext;
            PooledLine? line = _longReplyIsNext
                ? _replies.TakeLong() ?? TakeFromStream()
                : TakeFromStream() ?? _replies.TakeLong();
            if (line is not null)
            {
                return line;
            }

            if (_latest.Count > 0)
            {
                string key = _latest.Keys.First();
                _latest.Remove(key, out line);
                return line;
            }

            Stop();
            return null;
        }
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
        foreach (PooledLine line in _latest.Values)
        {
            line.Dispose();
        }

        foreach (StreamLane lane in _streams)
        {
            lane.Drop();
        }

        _replies.Clear();
        _latest.Clear();
        _streams.Clear();
    }
}
