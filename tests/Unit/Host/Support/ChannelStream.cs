using System.IO.Pipelines;

namespace GuestAgent.Tests.Unit.Host.Support;

/// <summary>One end of a channel in memory as a stream; disposing it closes both directions.</summary>
internal sealed class ChannelStream(IDuplexPipe end) : Stream
{
    private readonly Stream _input = end.Input.AsStream();
    private readonly Stream _output = end.Output.AsStream();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _input.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _output.WriteAsync(buffer, cancellationToken);

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // A read under way ends as it does on a socket that is closed under it.
        end.Input.CancelPendingRead();
        end.Output.Complete();
        base.Dispose(disposing);
    }
}
