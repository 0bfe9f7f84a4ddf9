using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Host.Transports;

/// <summary>
/// The bytes of a connected socket for a program that does one thing and ends: who reads waits for them himself. A socket of the
/// framework would start a thread that waits for all sockets, and hand every answer to a thread of the pool, which has to be
/// started first: more than the answer of a command takes.
/// </summary>
/// <param name="socket">Connected; belongs to the stream from now on.</param>
internal sealed class WaitingStream(SafeFileHandle socket) : DuplexStream
{
    // One for each direction: who gives up writing does not wake the reader.
    private readonly WakeUp _reader = new();
    private readonly WakeUp _writer = new();
    private volatile bool _isClosed;

    /// <summary>Reads what there is; waits for it on this thread.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using CancellationTokenRegistration giveUp =
            cancellationToken.UnsafeRegister(static wakeUp => ((WakeUp)wakeUp!).Set(), _reader);
        int count;
        while ((count = Receive(buffer.Span, cancellationToken)) < 0)
        {
            _reader.WaitFor(socket, LibC.POLLIN);
        }

        return ValueTask.FromResult(count);
    }

    /// <summary>Writes at once what fits; a thread of the pool waits for room.</summary>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int count = Send(buffer.Span, cancellationToken);
            if (count < 0)
            {
                await Task.Run(() => WaitForRoom(cancellationToken), CancellationToken.None).ConfigureAwait(false);
                continue;
            }

            buffer = buffer[count..];
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isClosed)
        {
            _isClosed = true;
            _reader.Set();
            _writer.Set();
            socket.Dispose();
            _reader.Dispose();
            _writer.Dispose();
        }

        base.Dispose(disposing);
    }

    private void WaitForRoom(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration giveUp =
            cancellationToken.UnsafeRegister(static wakeUp => ((WakeUp)wakeUp!).Set(), _writer);
        if (!_isClosed && !cancellationToken.IsCancellationRequested)
        {
            _writer.WaitFor(socket, LibC.POLLOUT);
        }
    }

    // Negative when there is nothing.
    private unsafe int Receive(Span<byte> buffer, CancellationToken cancellationToken)
    {
        Check(cancellationToken);
        fixed (byte* bytes = buffer)
        {
            // SAFETY: the kernel writes at most as many bytes as the span has, which stays where it is meanwhile.
            return Result(NativeMethods.recv(socket, bytes, (nuint)buffer.Length, LibC.MSG_DONTWAIT));
        }
    }

    // Negative when there is no room.
    private unsafe int Send(ReadOnlySpan<byte> buffer, CancellationToken cancellationToken)
    {
        Check(cancellationToken);
        fixed (byte* bytes = buffer)
        {
            // SAFETY: the kernel reads at most as many bytes as the span has, which stays where it is meanwhile.
            return Result(NativeMethods.send(socket, bytes, (nuint)buffer.Length, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL));
        }
    }

    private void Check(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isClosed, this);
    }

    private static int Result(nint result)
    {
        if (result >= 0)
        {
            return (int)result;
        }

        int error = Marshal.GetLastPInvokeError();
        return error is NativeMethods.EAGAIN or NativeMethods.EINTR
            ? -1
            : throw new IOException(new Win32Exception(error).Message, new Win32Exception(error));
    }
}
