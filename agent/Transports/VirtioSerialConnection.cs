using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using GuestAgent.Connections;
using GuestAgent.Linux;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Transports;

/// <summary>
/// One period in which a host is attached to a port, as a Kestrel connection. Reading never waits for writing. What a
/// host that leaves has not taken is dropped.
/// </summary>
internal sealed class VirtioSerialConnection : DefaultConnectionContext, IUnmarkedAttachFeature
{
    // The kernel queues 128 to 1024 writes for a host that does not read, of any size up to 32 KiB: small ones bound the
    // guest memory that it takes.
    private const int MaxWriteBytes = 8 * 1024;

    // What is left to write when the agent ends a connection gets this long.
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(1);

    private static long _lastId;

    private readonly VirtioSerialPort _port;
    private readonly Task _sending;
    private readonly System.IO.Pipelines.Pipe _input = new(new PipeOptions(useSynchronizationContext: false));
    private readonly System.IO.Pipelines.Pipe _output = new(new PipeOptions(useSynchronizationContext: false));
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Starts to carry bytes.</summary>
    public VirtioSerialConnection(VirtioSerialPort port)
    {
        _port = port;
        ConnectionId = "serial-" + Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        Transport = new PipePair(_input.Reader, _output.Writer);
        ConnectionClosed = _closed.Token;
        Features.Set<IUnmarkedAttachFeature>(this);
        _sending = SendAsync();
        Ended = Task.WhenAll(ReceiveAsync(), _sending);
    }

    /// <summary>Completes when the port is free for the next connection.</summary>
    public Task Ended { get; }

    /// <summary>True when the agent ended the connection, with the host still there.</summary>
    public bool Aborted { get; private set; }

    /// <summary>True when the port failed: it was unplugged.</summary>
    public bool PortGone { get; private set; }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        Aborted = true;
        _ended.Cancel();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _input.Reader.CompleteAsync();
        await _output.Writer.CompleteAsync();
        await _sending.WaitAsync(FlushTime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _ended.CancelAsync();
        await Ended;
        _closed.Dispose();
        _ended.Dispose();
        await base.DisposeAsync();
    }

    private async Task ReceiveAsync()
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                int count = await _port.ReadAsync(_input.Writer.GetMemory(), _ended.Token);
                if (count == 0)
                {
                    break;
                }

                _input.Writer.Advance(count);
                FlushResult flushed = await _input.Writer.FlushAsync(_ended.Token);
                if (flushed.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            failure = new ConnectionResetException("the port has ended", e);
        }

        await _input.Writer.CompleteAsync(failure);
        await _closed.CancelAsync();
    }

    private async Task SendAsync()
    {
        try
        {
            if (_port.InsideLine)
            {
                // Ends the line that the connection before was cut off in, so that the host can read on.
                await _port.WriteAsync("\n"u8.ToArray(), _closed.Token);
            }

            while (await CopyOnceAsync())
            {
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            await _ended.CancelAsync();
        }

        await _output.Reader.CompleteAsync();
    }

    private async ValueTask<bool> CopyOnceAsync()
    {
        ReadResult read = await _output.Reader.ReadAsync(_closed.Token);
        ReadOnlySequence<byte> rest = read.Buffer;
        while (!rest.IsEmpty)
        {
            ReadOnlyMemory<byte> piece = rest.First[..Math.Min(rest.First.Length, MaxWriteBytes)];
            int count = piece.IsEmpty ? 0 : await _port.WriteAsync(piece, _closed.Token);
            if (count == 0 && !piece.IsEmpty)
            {
                return false;
            }

            rest = rest.Slice(count == 0 ? rest.GetPosition(rest.First.Length) : rest.GetPosition(count));
        }

        _output.Reader.AdvanceTo(read.Buffer.End);
        return !read.IsCompleted;
    }

    private bool IsEnd(Exception e)
    {
        PortGone |= e is LinuxException;
        return e is LinuxException or OperationCanceledException or ObjectDisposedException;
    }

    private sealed record PipePair(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
