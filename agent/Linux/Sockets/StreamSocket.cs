using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;

namespace GuestAgent.Linux.Sockets;

/// <summary>What goes for connected stream sockets of every family.</summary>
internal static class StreamSocket
{
    /// <summary>Sends no more: the peer reads an end of file behind what was sent.</summary>
    public static void EndSending(SafeHandle socket)
    {
        // ENOTCONN: the peer has gone, and needs no end.
        _ = NativeMethods.shutdown(socket, LibC.SHUT_WR);
    }

    /// <summary>
    /// Makes closing it cut the connection off, where TCP can: the peer reads an error and not the end of a file, and what it has not
    /// read yet is lost. See SO_LINGER, socket(7).
    /// </summary>
    public static unsafe void CutOffWhenClosed(SafeHandle socket)
    {
        // struct linger: on, for no time.
        int* linger = stackalloc int[2] { 1, 0 };
        // SAFETY: the kernel reads two numbers of the stated size. A failure leaves an ordinary end, and a Unix socket knows no other.
        _ = NativeMethods.setsockopt(socket, LibC.SOL_SOCKET, LibC.SO_LINGER, linger, 2 * sizeof(int));
    }

    /// <summary>Looks at what has become of a connect that was begun.</summary>
    /// <param name="socket">Ready for output.</param>
    /// <param name="action">What was begun, for the message.</param>
    /// <exception cref="LinuxException">It has failed.</exception>
    public static unsafe void ThrowUnlessConnected(SafeHandle socket, string action)
    {
        int* error = stackalloc int[1];
        uint size = sizeof(int);
        // SAFETY: the kernel writes one number of the stated size.
        if (NativeMethods.getsockopt(socket, LibC.SOL_SOCKET, LibC.SO_ERROR, error, &size) < 0)
        {
            throw LinuxException.FromLastError("getsockopt(SO_ERROR)");
        }

        if (*error != 0)
        {
            throw new LinuxException(action, *error);
        }
    }

    /// <summary>Ends both directions at once: whoever waits for either is woken. Of one that has ended, nothing.</summary>
    public static void ShutDown(SafeHandle socket)
    {
        try
        {
            // ENOTCONN: the peer has done it already.
            _ = NativeMethods.shutdown(socket, LibC.SHUT_RDWR);
        }
        catch (ObjectDisposedException)
        {
            // Closed, which ends both as well.
            return;
        }
    }
}
