using System.Runtime.InteropServices;
using GuestAgent.Cli.Linux;

namespace GuestAgent.Cli.Output;

/// <summary>
/// Standard input as raw bytes. A fault of reading is the input's, <see cref="NoInputException"/>, and no other stream's; whoever
/// gives up waiting does so at once.
/// </summary>
internal sealed class StandardInput : Stream
{
    private const int Interrupted = 4;

    // Of its own: a read that nobody waits for any more may still write to it.
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int wanted = Math.Min(buffer.Length, _buffer.Length);
        int count = await Task.Run(() => ReadNow(wanted), CancellationToken.None).WaitAsync(cancellationToken);
        _buffer.AsSpan(0, count).CopyTo(buffer.Span);
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        int read = ReadNow(Math.Min(count, _buffer.Length));
        _buffer.AsSpan(0, read).CopyTo(buffer.AsSpan(offset));
        return read;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private unsafe int ReadNow(int count)
    {
        // SAFETY: the kernel writes no more than count bytes, and the buffer, which stays in its place meanwhile, has as many.
        fixed (byte* first = _buffer)
        {
            while (true)
            {
                long read = LibC.read(StandardDescriptor.Input, first, count);
                if (read >= 0)
                {
                    return (int)read;
                }

                int errno = Marshal.GetLastPInvokeError();
                if (errno != Interrupted)
                {
                    throw new NoInputException($"cannot read standard input: {Marshal.GetPInvokeErrorMessage(errno)}");
                }
            }
        }
    }
}
