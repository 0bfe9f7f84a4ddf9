using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace GuestAgent.Linux.Io;

/// <summary>
/// Owns a non-blocking descriptor and reads and writes it without ever blocking a thread. One reader and one writer at a
/// time. It has no opinion on what a read of 0 bytes means and closes only when disposed. The loop watches it from the
/// first wait on: what never has to be waited for costs no registration and no wake-up.
/// </summary>
/// <param name="handle">Opened with O_NONBLOCK and O_CLOEXEC; owned from here on.</param>
/// <param name="loop">The loop that watches it.</param>
internal sealed class AsyncDescriptor(SafeFileHandle handle, EpollLoop loop) : IDisposable
{
    private readonly Lock _gate = new();
    private EpollRegistration? _registration;
    private bool _disposed;

    /// <summary>Bytes that can be read now, where the kernel tells (pipes and sockets).</summary>
    public int Available => AvailableBytes.In(handle);

    /// <summary>Reads what is there now, or as soon as there is something.</summary>
    /// <returns>The number of bytes; 0 where read(2) gives 0.</returns>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        Transfer transfer = TryRead(buffer.Span);
        return transfer.Status == TransferStatus.WouldBlock
            ? ReadWhenReadyAsync(buffer, cancellationToken)
            : new ValueTask<int>(transfer.Count);
    }

    /// <summary>Writes as much as fits now, or as soon as anything fits.</summary>
    /// <returns>The number of bytes, at least 1 unless <paramref name="buffer"/> is empty.</returns>
    public ValueTask<int> WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        Transfer transfer = TryWrite(buffer.Span);
        return transfer.Status == TransferStatus.WouldBlock
            ? WriteWhenReadyAsync(buffer, cancellationToken)
            : new ValueTask<int>(transfer.Count);
    }

    /// <summary>Writes everything.</summary>
    public async ValueTask WriteAllAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[await WriteAsync(buffer, cancellationToken)..];
        }
    }

    /// <summary>Reads what is there now.</summary>
    public unsafe Transfer TryRead(Span<byte> buffer)
    {
        nint count;
        fixed (byte* start = buffer)
        {
            do
            {
                // SAFETY: the buffer is pinned and the kernel writes at most its length.
                count = NativeMethods.read(handle, start, buffer.Length);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        }

        return ToTransfer(count, "read");
    }

    /// <summary>Writes as much as fits now.</summary>
    public unsafe Transfer TryWrite(ReadOnlySpan<byte> buffer)
    {
        nint count;
        fixed (byte* start = buffer)
        {
            do
            {
                // SAFETY: the buffer is pinned and the kernel reads at most its length.
                count = NativeMethods.write(handle, start, buffer.Length);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        }

        return ToTransfer(count, "write");
    }

    /// <summary>Waits for edges, see <see cref="EpollRegistration.WaitAsync"/>.</summary>
    /// <exception cref="LinuxException">The loop cannot watch it: fs.epoll.max_user_watches or memory is exhausted.</exception>
    public ValueTask<Readiness> WaitAsync(Readiness direction, CancellationToken cancellationToken) =>
        Registration() is { } registration
            ? registration.WaitAsync(direction, cancellationToken)
            : new ValueTask<Readiness>(Readiness.Removed);

    /// <summary>Asks the kernel for the state of this moment, where edges only tell that something has changed.</summary>
    public Readiness Poll() => Poll(TimeSpan.Zero);

    /// <summary>Asks the kernel for the state, and blocks the thread until there is something to tell.</summary>
    /// <param name="patience">Longest wait, in whole milliseconds.</param>
    public unsafe Readiness Poll(TimeSpan patience)
    {
        bool held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            pollfd row = new()
            {
                fd = (int)handle.DangerousGetHandle(),
                events = (short)(LibC.EPOLLIN | LibC.EPOLLOUT),
            };
            // SAFETY: one row, on the stack; the reference keeps the descriptor open meanwhile.
            if (NativeMethods.poll(&row, 1, (int)patience.TotalMilliseconds) < 0 && Marshal.GetLastPInvokeError() != Errno.EINTR)
            {
                throw LinuxException.FromLastError("poll");
            }

            return EpollLoop.ToReadiness((ushort)row.revents);
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }

    /// <summary>Closes the descriptor; reads and writes that wait end in <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        EpollRegistration? registration;
        lock (_gate)
        {
            _disposed = true;
            registration = _registration;
        }

        registration?.Dispose();
        handle.Dispose();
    }

    private async ValueTask<int> ReadWhenReadyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            await WaitOrThrowAsync(Readiness.Input, cancellationToken);
            Transfer transfer = TryRead(buffer.Span);
            if (transfer.Status != TransferStatus.WouldBlock)
            {
                return transfer.Count;
            }
        }
    }

    private async ValueTask<int> WriteWhenReadyAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            await WaitOrThrowAsync(Readiness.Output, cancellationToken);
            Transfer transfer = TryWrite(buffer.Span);
            if (transfer.Status != TransferStatus.WouldBlock)
            {
                return transfer.Count;
            }
        }
    }

    private async ValueTask WaitOrThrowAsync(Readiness direction, CancellationToken cancellationToken)
    {
        Readiness readiness = await WaitAsync(direction, cancellationToken);
        ObjectDisposedException.ThrowIf(readiness.HasFlag(Readiness.Removed), this);
    }

    // Null once disposed: a descriptor that is closed must not get into the loop.
    private EpollRegistration? Registration()
    {
        lock (_gate)
        {
            return _disposed ? _registration : _registration ??= loop.Register(handle);
        }
    }

    private static Transfer ToTransfer(nint count, string action)
    {
        if (count > 0)
        {
            return new Transfer(TransferStatus.Moved, (int)count);
        }

        if (count == 0)
        {
            return new Transfer(TransferStatus.Nothing, 0);
        }

        return Marshal.GetLastPInvokeError() == Errno.EAGAIN
            ? new Transfer(TransferStatus.WouldBlock, 0)
            : throw LinuxException.FromLastError(action);
    }
}
