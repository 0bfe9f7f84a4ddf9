using System.Buffers;

namespace GuestAgent.Dialects;

/// <summary>A copy of bytes in rented memory, given back when it is disposed.</summary>
internal sealed class CopiedBytes : IDisposable
{
    // The pieces of an upload come one after the other; a rare larger message is not worth keeping memory for.
    private const int LargestPooledBytes = 2 * 1024 * 1024;

    private readonly byte[] _memory;
    private readonly int _length;

    /// <summary>Copies <paramref name="bytes"/>.</summary>
    public CopiedBytes(ReadOnlyMemory<byte> bytes)
    {
        _length = bytes.Length;
        _memory = _length <= LargestPooledBytes
            ? ArrayPool<byte>.Shared.Rent(_length)
            : GC.AllocateUninitializedArray<byte>(_length);
        bytes.CopyTo(_memory);
    }

    /// <summary>The copy; not after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Memory => _memory.AsMemory(0, _length);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_memory.Length <= LargestPooledBytes)
        {
            ArrayPool<byte>.Shared.Return(_memory);
        }
    }
}
