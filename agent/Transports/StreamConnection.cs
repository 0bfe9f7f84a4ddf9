using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using GuestAgent.Connections;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Transports;

/// <summary>
/// A connected stream socket of any family as a connection. Whoever waits for bytes goes on in the thread that reads them,
/// and whoever sends writes to the socket himself, so that a message and its answer cost one thread hop.
/// </summary>
internal sealed class StreamConnection : DefaultConnectionContext, IStreamSocketFeature
{
    // What is left of the memory that is there, 4 KiB for a message that begins: whatever pieces a host sends, what waits
    // takes no more memory than it has bytes. Where a read fills it, more is on its way, and the next one takes as much as there is.
    private const int UsualReadBytes = 1;
    private const int LargeReadBytes = 64 * 1024;

    // What a host may send ahead of what is being worked on, beside what the kernel's buffers hold.
    private const long MostUnreadBytes = 256 * 1024;

    private static readonly PipeOptions InputOptions = new(
        MessagePool.Instance,
        PipeScheduler.Inline,
        PipeScheduler.Inline,
        MostUnreadBytes,
        MostUnreadBytes / 2,
        useSynchronizationContext: false);

    private static long _lastId;

    private readonly SafeFileHandle _socket;
    private readonly AsyncDescriptor _stream;
    private readonly System.IO.Pipelines.Pipe _input = new(InputOptions);
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _receiving;
    private volatile ConnectionAbortedException? _abortReason;

    /// <summary>Starts to carry bytes.</summary>
    /// <param name="socket">Connected, not blocking; owned from here on.</param>
    /// <param name="loop">The loop that watches it.</param>
    public StreamConnection(SafeFileHandle socket, EpollLoop loop)
    {
        _socket = socket;
        _stream = new AsyncDescriptor(socket, loop);
        ConnectionId = "stream-" + Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        Transport = new PipePair(_input.Reader, new DescriptorWriter(_stream, () => StreamSocket.ShutDown(socket)));
        ConnectionClosed = _closed.Token;
        Features.Set<IStreamSocketFeature>(this);
        _receiving = ReceiveAsync();
    }

    /// <inheritdoc/>
    public SafeHandle Socket => _socket;

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        _abortReason = abortReason;
        StreamSocket.ShutDown(_socket);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _input.Reader.CompleteAsync();
        await Transport.Output.CompleteAsync();
        StreamSocket.ShutDown(_socket);
        _stream.Dispose();
        await _receiving;
        _closed.Dispose();
        await base.DisposeAsync();
    }

    private async Task ReceiveAsync()
    {
        Exception? failure = null;
        try
        {
            for (int size = UsualReadBytes; ;)
            {
                Memory<byte> memory = _input.Writer.GetMemory(size);
                int count = await _stream.ReadAsync(memory, CancellationToken.None);
                if (count == 0)
                {
                    break;
                }

                _input.Writer.Advance(count);
                FlushResult flushed = await _input.Writer.FlushAsync(CancellationToken.None);
                if (flushed.IsCompleted)
                {
                    break;
                }

                size = count == memory.Length ? LargeReadBytes : UsualReadBytes;
            }
        }
        catch (LinuxException e)
        {
            failure = new ConnectionResetException(e.Message, e);
        }
        catch (ObjectDisposedException)
        {
            // The agent has ended the connection.
        }

        await _input.Writer.CompleteAsync(_abortReason ?? failure);
        await _closed.CancelAsync();
    }

    private sealed record PipePair(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
