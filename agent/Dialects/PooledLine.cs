using System.Buffers;
using GuestAgent.Buffers;

namespace GuestAgent.Dialects;

/// <summary>One encoded message in rented memory, on its way out.</summary>
internal sealed class PooledLine : IBufferWriter<byte>, IDisposable
{
    private const int InitialBytes = 512;

    private readonly long _made = Environment.TickCount64;
    private byte[] _buffer = MessageMemory.Rent(InitialBytes);

    /// <summary>Time since it was made.</summary>
    public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - _made);

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>What was written, to be changed before it is on its way.</summary>
    public Span<byte> Written => _buffer.AsSpan(0, Length);

    /// <inheritdoc/>
    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        Length = 0;
        MessageMemory.Return(buffer);
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - Length >= count)
        {
            return;
        }

        byte[] larger = MessageMemory.Rent(Math.Max(_buffer.Length * 2, Length + count));
        _buffer.AsSpan(0, Length).CopyTo(larger);
        MessageMemory.Return(_buffer);
        _buffer = larger;
    }
}
