using GuestAgent.Memory;

namespace GuestAgent.Dialects;

/// <summary>A copy of bytes in rented memory, given back when it is disposed.</summary>
internal sealed class CopiedBytes : IDisposable
{
    private readonly byte[] _memory;
    private readonly int _length;

    /// <summary>Copies <paramref name="bytes"/>.</summary>
    public CopiedBytes(ReadOnlyMemory<byte> bytes)
    {
        _length = bytes.Length;
        _memory = MessageMemory.Rent(_length);
        bytes.CopyTo(_memory);
    }

    /// <summary>The copy; not after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Memory => _memory.AsMemory(0, _length);

    /// <inheritdoc/>
    public void Dispose() => MessageMemory.Return(_memory);
}
