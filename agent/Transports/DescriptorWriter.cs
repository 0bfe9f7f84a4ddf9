using System.IO.Pipelines;
using GuestAgent.Buffers;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;

namespace GuestAgent.Transports;

/// <summary>
/// Writes to a descriptor: gathers what is written in parts until the next flush, and sends what is handed over as a whole
/// from where it is. A flush is over when the kernel has all. One caller at a time.
/// </summary>
/// <param name="descriptor">The descriptor.</param>
/// <param name="onFailure">Called when nothing can be written any more.</param>
internal sealed class DescriptorWriter(AsyncDescriptor descriptor, Action onFailure) : PipeWriter
{
    private const int UsualBytes = 4 * 1024;

    // Rented from the first part to the flush: whoever sends nothing holds nothing.
    private byte[] _gathered = [];
    private int _length;
    private volatile bool _ended;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_gathered.Length - _length), nameof(bytes));
        _length += bytes;
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        int needed = _length + Math.Max(sizeHint, 1);
        if (_gathered.Length < needed)
        {
            byte[] larger = MessageMemory.Rent(Math.Max(needed, Math.Max(2 * _gathered.Length, UsualBytes)));
            _gathered.AsSpan(0, _length).CopyTo(larger);
            MessageMemory.Return(_gathered);
            _gathered = larger;
        }

        return _gathered.AsMemory(_length);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        WriteAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);

    /// <inheritdoc/>
    public override async ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        (byte[] gathered, int length) = (_gathered, _length);
        (_gathered, _length) = ([], 0);
        try
        {
            if (!_ended)
            {
                await descriptor.WriteAllAsync(gathered.AsMemory(0, length), cancellationToken);
                await descriptor.WriteAllAsync(source, cancellationToken);
            }
        }
        catch (Exception e) when (e is LinuxException or ObjectDisposedException)
        {
            // The peer is gone, or the connection has ended: whoever reads from it learns why.
            _ended = true;
            onFailure();
        }
        finally
        {
            MessageMemory.Return(gathered);
        }

        return new FlushResult(isCanceled: false, isCompleted: _ended);
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() =>
        throw new NotSupportedException("A write is given up by its token, or with the connection.");

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => _ended = true;
}
