using System.Globalization;
using System.IO.Pipelines;
using GuestAgent.Connections;
using GuestAgent.Linux.Native;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Transports.VirtioSerial;

/// <summary>
/// One period in which a host is attached to a port, as a connection. Reading never waits for writing, and the reader
/// alone decides when the period is over. What a host that leaves has not taken is dropped.
/// </summary>
internal sealed class VirtioSerialConnection : DefaultConnectionContext, IUnmarkedSessionFeature
{
    // What is left to write when the agent ends a connection gets this long.
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(1);

    // The kernel handles data before the news that a host has gone. The next host's first request may be read by then:
    // if that host is there within this time, it stays on this connection, or its request would be lost.
    private static readonly TimeSpan ReturnTime = TimeSpan.FromMilliseconds(100);

    // Whoever waits for bytes goes on in the thread that reads them, and whoever sends writes to the port himself.
    private static readonly PipeOptions Inline =
        new(MessagePool.Instance, PipeScheduler.Inline, PipeScheduler.Inline, useSynchronizationContext: false);

    private static long _lastId;

    private readonly VirtioSerialPort _port;
    private readonly System.IO.Pipelines.Pipe _input = new(Inline);
    private readonly System.IO.Pipelines.Pipe _output = new(Inline);
    private readonly VirtioSerialSender _sender;
    private readonly Task _sending;
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Starts to carry bytes.</summary>
    /// <param name="port">The port; a host is attached.</param>
    /// <param name="endsLines">Whether lines that were cut off are ended, so that the host can read on.</param>
    public VirtioSerialConnection(VirtioSerialPort port, bool endsLines)
    {
        _port = port;
        _sender = new VirtioSerialSender(port, _output.Reader, endsLines);
        ConnectionId = "serial-" + Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        Transport = new PipePair(_input.Reader, _output.Writer);
        ConnectionClosed = _closed.Token;
        Features.Set<IUnmarkedSessionFeature>(this);
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
    public Func<bool>? HostChanged { get; set; }

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
            while (await ReadOnceAsync() || await ReturnsAsync())
            {
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            failure = new ConnectionResetException("the port has ended", e);
        }

        await _input.Writer.CompleteAsync(failure);
        await _closed.CancelAsync();
    }

    private async ValueTask<bool> ReadOnceAsync()
    {
        int count = await _port.ReadAsync(_input.Writer.GetMemory(), _ended.Token);
        if (count == 0)
        {
            return false;
        }

        _input.Writer.Advance(count);
        FlushResult flushed = await _input.Writer.FlushAsync(_ended.Token);
        return !flushed.IsCompleted ? true : throw new OperationCanceledException("nobody reads the connection any more");
    }

    private async ValueTask<bool> ReturnsAsync()
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        patience.CancelAfter(ReturnTime);
        try
        {
            if (!await _port.WaitForHostAsync(patience.Token))
            {
                PortGone = true;
                return false;
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        if (HostChanged?.Invoke() ?? true)
        {
            _sender.DropUnread();
        }

        return true;
    }

    private async Task SendAsync()
    {
        try
        {
            await _sender.RunAsync(_closed.Token);
        }
        catch (Exception e) when (IsEnd(e))
        {
            await _ended.CancelAsync();
        }

        await _output.Reader.CompleteAsync();
    }

    private bool IsEnd(Exception e)
    {
        PortGone |= e is LinuxException;
        return e is LinuxException or OperationCanceledException or ObjectDisposedException;
    }

    private sealed record PipePair(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
