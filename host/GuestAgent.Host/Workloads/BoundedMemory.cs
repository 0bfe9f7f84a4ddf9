namespace GuestAgent.Host.Workloads;

/// <summary>Keeps what is written to it, and no more than so many bytes.</summary>
/// <param name="maxBytes">How many.</param>
internal sealed class BoundedMemory(int maxBytes) : MemoryStream
{
    /// <inheritdoc/>
    /// <remarks>All ways to write more than a single byte lead here.</remarks>
    /// <exception cref="InvalidDataException">It would have more.</exception>
    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Length + count > maxBytes)
        {
            throw new InvalidDataException($"It would have more than {maxBytes} bytes.");
        }

        base.Write(buffer, offset, count);
    }
}
