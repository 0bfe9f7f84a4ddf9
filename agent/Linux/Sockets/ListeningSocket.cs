using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Sockets;

/// <summary>A stream socket that listens, on which one caller at a time waits without a thread.</summary>
internal sealed class ListeningSocket : IDisposable
{
    private readonly SafeFileHandle _socket;
    private readonly EpollRegistration _registration;

    /// <summary>Watches a socket that listens.</summary>
    /// <param name="socket">Not blocking; owned from here on.</param>
    /// <param name="loop">The loop that watches it.</param>
    /// <exception cref="LinuxException">It cannot be watched.</exception>
    public ListeningSocket(SafeFileHandle socket, EpollLoop loop)
    {
        _socket = socket;
        try
        {
            _registration = loop.Register(_socket);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for a connection.</summary>
    /// <returns>Its descriptor, not blocking; whoever takes it owns it.</returns>
    /// <exception cref="LinuxException">None can be taken.</exception>
    public async ValueTask<SafeFileHandle> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryAccept() is { } accepted)
            {
                return accepted;
            }

            Readiness readiness = await _registration.WaitAsync(Readiness.Input, cancellationToken);
            ObjectDisposedException.ThrowIf(readiness.HasFlag(Readiness.Removed), this);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        _socket.Dispose();
    }

    // Null when nobody waits.
    private unsafe SafeFileHandle? TryAccept()
    {
        // SAFETY: the kernel is asked for no address.
        SafeFileHandle accepted = NativeMethods.accept4(_socket, null, null, LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC);
        if (!accepted.IsInvalid)
        {
            return accepted;
        }

        int errno = Marshal.GetLastPInvokeError();
        accepted.Dispose();
        return errno is Errno.EAGAIN or Errno.EINTR or Errno.ECONNABORTED ? null : throw new LinuxException("accept", errno);
    }
}
