namespace GuestAgent.Tests.Fuzz.Guests;

/// <summary>A connection whose other side has said all that it will, and takes anything.</summary>
internal sealed class OneSidedStream(byte[] input) : MemoryStream(input, writable: false)
{
    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        // Nobody reads it.
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.CompletedTask;
}
