using System.Buffers;
using GuestAgent.Buffers;

namespace GuestAgent.Transports;

/// <summary>Memory for the bytes of connections, from where their messages have theirs.</summary>
internal sealed class MessagePool : MemoryPool<byte>
{
    // What a pipe asks for when it does not mind.
    private const int UsualBytes = 4 * 1024;

    /// <summary>The one that there is.</summary>
    public static MessagePool Instance { get; } = new();

    /// <inheritdoc/>
    public override int MaxBufferSize => Array.MaxLength;

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
        new Rented(MessageMemory.Rent(minBufferSize < 0 ? UsualBytes : minBufferSize));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // It owns nothing.
    }

    private sealed class Rented(byte[] array) : IMemoryOwner<byte>
    {
        private byte[]? _array = array;

        public Memory<byte> Memory => _array;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is { } array)
            {
                MessageMemory.Return(array);
            }
        }
    }
}
