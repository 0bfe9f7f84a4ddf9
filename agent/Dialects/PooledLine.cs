using System.Buffers;
using GuestAgent.Buffers;
using GuestAgent.Contracts;
using GuestAgent.Memory;

namespace GuestAgent.Dialects;

/// <summary>
/// One encoded message in rented memory, on its way out, and what follows it as it is. Its memory is counted while it is
/// long, or waits.
/// </summary>
/// <param name="share">Counts it.</param>
/// <param name="mustFit">Whether its memory can be refused no more, as that of events, of which few wait.</param>
internal sealed class PooledLine(MemoryShare share, bool mustFit = false) : IBufferWriter<byte>, IDisposable
{
    /// <summary>What an answer that says little takes.</summary>
    public const int InitialBytes = 512;

    // Of shorter ones, few are made at a time.
    private const int UncountedBytes = 4 * 1024;

    private readonly long _made = Environment.TickCount64;
    private byte[] _buffer = MessageMemory.Rent(InitialBytes);
    private int _written;
    private long _counted;
    private long _countedBuffer;
    private Body? _body;

    /// <summary>Time since it was made.</summary>
    public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - _made);

    /// <summary>Bytes of the message and of what follows it.</summary>
    public int Length => _written + Body.Length;

    /// <summary>The message.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, _written);

    /// <summary>What follows it.</summary>
    public ReadOnlyMemory<byte> Body => _body?.Bytes ?? default;

    /// <summary>The message, to be changed before it is on its way.</summary>
    public Span<byte> Written => _buffer.AsSpan(0, _written);

    /// <summary>Has bytes follow the message, which are disposed with it.</summary>
    /// <exception cref="Errors.OperationException">There is no memory for them.</exception>
    public void Follow(Body body)
    {
        _body = body;
        Count(body.Length);
    }

    /// <summary>Counts a short one, too.</summary>
    /// <returns>False when there is no memory for it.</returns>
    public bool TryCount()
    {
        if (_counted > 0)
        {
            return true;
        }

        bool taken = share.TryTake(_buffer.Length);
        _counted = _countedBuffer = taken ? _buffer.Length : 0;
        return taken;
    }

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
        _body?.Dispose();
        _body = null;
        share.Return(_counted);
        _counted = 0;
    }

    private void Reserve(int count)
    {
        if (_buffer.Length - _written >= count)
        {
            return;
        }

        int size = MessageMemory.SizeOf(Math.Max(_buffer.Length * 2, _written + count));
        long former = _countedBuffer;
        if (size > UncountedBytes)
        {
            Count(size);
            _countedBuffer = size;
        }

        byte[] larger = MessageMemory.Rent(size);
        _buffer.AsSpan(0, _written).CopyTo(larger);
        MessageMemory.Return(_buffer);
        _buffer = larger;
        if (former > 0)
        {
            share.Return(former);
            _counted -= former;
        }
    }

    private void Count(long bytes)
    {
        if (mustFit)
        {
            share.Overdraw(bytes);
        }
        else
        {
            share.Take(bytes);
        }

        _counted += bytes;
    }
}
