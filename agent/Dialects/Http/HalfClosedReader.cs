using System.Buffers;
using System.IO.Pipelines;

namespace GuestAgent.Dialects.Http;

/// <summary>
/// The input of a connection, whose end is told behind its last byte and not with it. Kestrel drops a request that it gets together
/// with the end; a host may have finished sending, and waits for its answer.
/// </summary>
/// <param name="input">The input.</param>
internal sealed class HalfClosedReader(PipeReader input) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;

    // Bytes at the beginning of what is there that have been looked at.
    private long _examined;

    /// <inheritdoc/>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        Of(await input.ReadAsync(cancellationToken));

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        bool read = input.TryRead(out result);
        result = read ? Of(result) : result;
        return read;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _examined = _buffer.Slice(consumed, examined).Length;
        _buffer = default;
        input.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => input.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => input.Complete(exception);

    private ReadResult Of(ReadResult result)
    {
        _buffer = result.Buffer;
        return new ReadResult(_buffer, result.IsCanceled, result.IsCompleted && _buffer.Length <= _examined);
    }
}
