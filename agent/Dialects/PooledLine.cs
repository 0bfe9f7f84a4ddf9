using System.Buffers;
using GuestAgent.Buffers;
using GuestAgent.Contracts.Files;

namespace GuestAgent.Dialects;

/// <summary>One encoded message in rented memory, on its way out, and what follows it as it is.</summary>
internal sealed class PooledLine : IBufferWriter<byte>, IDisposable
{
    private const int InitialBytes = 512;

    private readonly long _made = Environment.TickCount64;
    private byte[] _buffer = MessageMemory.Rent(InitialBytes);
    private int _written;
    private FileContent? _attached;

    /// <summary>Time since it was made.</summary>
    public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - _made);

    /// <summary>Bytes of the message and of what follows it.</summary>
    public int Length => _written + Attached.Length;

    /// <summary>The message.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _written);

    /// <summary>What follows it.</summary>
    public ReadOnlyMemory<byte> Attached => _attached?.Attached ?? default;

    /// <summary>The message, to be changed before it is on its way.</summary>
    public Span<byte> Written => _buffer.AsSpan(0, _written);

    /// <summary>Has bytes follow the message, which are disposed with it.</summary>
    public void Attach(FileContent content) => _attached = content;

    /// <inheritdoc/>
    public void Advance(int count) => _written += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _written = 0;
        MessageMemory.Return(buffer);
        _attached?.Dispose();
        _attached = null;
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _written >= count)
        {
            return;
        }

        byte[] larger = MessageMemory.Rent(Math.Max(_buffer.Length * 2, _written + count));
        _buffer.AsSpan(0, _written).CopyTo(larger);
        MessageMemory.Return(_buffer);
        _buffer = larger;
    }
}
