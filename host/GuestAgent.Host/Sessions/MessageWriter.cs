using System.IO.Pipelines;
using System.Threading.Channels;

namespace GuestAgent.Host.Sessions;

/// <summary>
/// The one writer of a connection: whole lines, one after another, those that carry content behind others, though not behind
/// any number of them. A caller that gives up never cuts a line in half, and a channel that takes nothing for too long is
/// dead, because a line that was cut off cannot be repaired.
/// </summary>
internal sealed class MessageWriter(PipeWriter output, GuestClientOptions options)
{
    // Enough that callers need not take turns, and few, since each may be as long as the agent accepts.
    private const int QueueLength = 16;

    // What must go out within the write deadline: one piece, not a whole message of megabytes.
    private const int PieceBytes = 64 * 1024;

    // Some hundred short lines, or one long one as of a command's input: then content has its turn, or it would wait for as
    // long as others keep the channel busy.
    private const int MostAheadBytes = 16 * 1024;

    private readonly Channel<QueuedLine> _queue = NewQueue();
    private readonly Channel<QueuedLine> _content = NewQueue();

    // One for each line that waits in either queue, and one when no more come. Who puts a line in while nothing is being written
    // writes it himself, as far as the channel takes it: no thread has to be woken up for that.
    private readonly Channel<bool> _ready = Channel.CreateUnbounded<bool>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    // What has gone ahead of the content that waits.
    private int _aheadBytes;

    /// <summary>Puts a line at the end of the queue, waiting for room; who waits first goes first.</summary>
    /// <returns>False when no more lines are taken.</returns>
    public ValueTask<bool> EnqueueAsync(Line line, CancellationToken cancellationToken) =>
        EnqueueAsync(_queue, new QueuedLine(line), cancellationToken);

    /// <summary>The same, behind lines that are no content: pieces of a file must not hold up a ping.</summary>
    /// <returns>False when no more lines are taken.</returns>
    public ValueTask<bool> EnqueueContentAsync(Line line, CancellationToken cancellationToken) =>
        EnqueueAsync(_content, new QueuedLine(line), cancellationToken);

    /// <summary>Queues a line and waits until all of it went out.</summary>
    /// <returns>Which line it is of those behind the hello, from 1; 0 when no more lines are taken.</returns>
    public async Task<long> WriteThroughAsync(Line line, CancellationToken cancellationToken)
    {
        var written = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        return await EnqueueAsync(_queue, new QueuedLine(line, written), cancellationToken).ConfigureAwait(false)
            ? await written.Task.WaitAsync(cancellationToken).ConfigureAwait(false)
            : 0;
    }

    /// <summary>Takes no more lines; the writing loop ends when those queued are written.</summary>
    public void Complete()
    {
        _content.Writer.TryComplete();
        if (_queue.Writer.TryComplete())
        {
            _ready.Writer.TryWrite(true);
        }
    }

    /// <summary>The writing loop.</summary>
    /// <exception cref="GuestConnectionException">The channel takes no more.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        long lines = 0;
        while (await NextAsync(stop).ConfigureAwait(false) is { } line)
        {
            await WriteAsync(line.Line.Bytes, stop).ConfigureAwait(false);
            line.Line.Return();
            lines++;
            line.Written?.TrySetResult(lines);
        }
    }

    /// <summary>Writes a line past the queue, before the loop runs.</summary>
    /// <exception cref="GuestConnectionException">The channel takes no more.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> line, CancellationToken stop)
    {
        for (ReadOnlyMemory<byte> rest = line; !rest.IsEmpty;)
        {
            ReadOnlyMemory<byte> piece = rest[..Math.Min(rest.Length, PieceBytes)];
            FlushResult flushed = await WritePieceAsync(piece, stop).ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                throw GuestConnectionException.Lost("The other end of the channel takes no more.");
            }

            rest = rest[piece.Length..];
        }
    }

    private static Channel<QueuedLine> NewQueue() =>
        Channel.CreateBounded<QueuedLine>(new BoundedChannelOptions(QueueLength) { SingleReader = true });

    private async ValueTask<QueuedLine?> NextAsync(CancellationToken stop)
    {
        await _ready.Reader.ReadAsync(stop).ConfigureAwait(false);
        if (_aheadBytes < MostAheadBytes && _queue.Reader.TryRead(out QueuedLine line))
        {
            _aheadBytes += line.Line.Length;
            return line;
        }

        _aheadBytes = 0;
        return _content.Reader.TryRead(out line) || _queue.Reader.TryRead(out line) ? line : null;
    }

    private async ValueTask<bool> EnqueueAsync(
        Channel<QueuedLine> queue, QueuedLine line, CancellationToken cancellationToken)
    {
        try
        {
            await queue.Writer.WriteAsync(line, cancellationToken).ConfigureAwait(false);
            _ready.Writer.TryWrite(true);
            return true;
        }
        catch (ChannelClosedException)
        {
            return false;
        }
    }

    private async ValueTask<FlushResult> WritePieceAsync(ReadOnlyMemory<byte> piece, CancellationToken stop)
    {
        ValueTask<FlushResult> write = output.WriteAsync(piece, stop);
        if (write.IsCompleted)
        {
            return await write.ConfigureAwait(false);
        }

        try
        {
            return await write.AsTask()
                .WaitAsync(options.WriteDeadline, options.TimeProvider, stop).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw GuestConnectionException.Lost(
                $"The channel took no byte for {GuestConnectionException.Seconds(options.WriteDeadline)}.", e);
        }
    }
}
