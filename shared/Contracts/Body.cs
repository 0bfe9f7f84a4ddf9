using GuestAgent.Buffers;

namespace GuestAgent.Contracts;

/// <summary>
/// The bytes that belong to a message and are no part of it: as they are, neither escaped nor in base64. Owns its memory.
/// </summary>
public sealed class Body : IDisposable
{
    private byte[]? _memory;
    private ReadOnlyMemory<byte> _bytes;

    /// <summary>Takes over memory that was rented of <see cref="MessageMemory"/>.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="length">How many bytes at its beginning.</param>
    public Body(byte[] memory, int length)
    {
        _memory = memory;
        _bytes = memory.AsMemory(0, length);
    }

    /// <summary>The bytes. Valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>How many there are.</summary>
    public int Length => _bytes.Length;

    /// <summary>The same bytes with another owner; this one is empty from then on.</summary>
    public Body Detach()
    {
        Body detached = new(Interlocked.Exchange(ref _memory, null) ?? [], _bytes.Length);
        _bytes = default;
        return detached;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _memory, null) is { } memory)
        {
            _bytes = default;
            MessageMemory.Return(memory);
        }
    }
}
