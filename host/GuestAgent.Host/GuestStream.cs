using GuestAgent.Contracts.Forward;
using GuestAgent.Host.Forwarding;

namespace GuestAgent.Host;

/// <summary>
/// A connection within the guest, carried over the guest's channel: to something that listens there
/// (<see cref="GuestForwarding.ConnectAsync"/>), or from somebody who has connected there
/// (<see cref="GuestPortListener.AcceptAsync"/>). One reader and one writer at a time. Disposing it cuts off what has not ended.
/// </summary>
public sealed class GuestStream : Stream
{
    private readonly ForwardChannel _channel;

    internal GuestStream(ForwardChannel channel) => _channel = channel;

    /// <summary>Where it leads to, as the guest says; empty for one that has come from there.</summary>
    public string Address => _channel.Address;

    /// <summary>
    /// Completes when both directions have ended, with how many bytes went each way; faults with a <see cref="GuestException"/> when the
    /// connection was cut off, and is cancelled when this was disposed.
    /// </summary>
    public Task<ForwardResult> Completion => _channel.Completion;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <summary>It has none.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Length => throw new NotSupportedException();

    /// <summary>It has none.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>
    /// Sends no more: the other end reads an end of file behind what was written, and may still send. Completes when it has all.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="GuestException">The connection was cut off before.</exception>
    public Task CompleteWritesAsync(CancellationToken cancellationToken = default) => _channel.CompleteWritesAsync(cancellationToken);

#pragma warning disable RS0027 // As Stream declares them.
    /// <summary>Reads what is there, waiting for it; 0 behind the other end's last byte.</summary>
    /// <exception cref="GuestException">The connection was cut off.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? new ValueTask<int>(0) : _channel.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc cref="ReadAsync(Memory{byte}, CancellationToken)"/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Writes; completes when few enough of the bytes wait for the other end.</summary>
    /// <exception cref="GuestException">The connection was cut off.</exception>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _channel.WriteAsync(buffer, cancellationToken);

#pragma warning restore RS0027

    /// <inheritdoc cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Does nothing: what is written is on its way.</summary>
    public override void Flush()
    {
    }

    /// <summary>It has no position.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <summary>It has no length.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _channel.AbandonAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ = _channel.AbandonAsync();
        }

        base.Dispose(disposing);
    }
}
