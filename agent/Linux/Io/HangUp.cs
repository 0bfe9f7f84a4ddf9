using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using Tmds.Linux;

namespace GuestAgent.Linux.Io;

/// <summary>
/// Asks whether both directions of a stream socket are shut. POLLHUP of poll(2) tells it, except that vsock says so only when
/// this side has shut down, too: there a write of nothing tells whether the peer would read it.
/// </summary>
internal static unsafe class HangUp
{
    private const short Pollhup = 0x10;

    /// <summary>True when the peer has closed the connection, or the handle is closed.</summary>
    public static bool Of(SafeHandle socket)
    {
        if (socket.IsClosed)
        {
            return true;
        }

        bool held = false;
        try
        {
            socket.DangerousAddRef(ref held);
            pollfd row = new() { fd = (int)socket.DangerousGetHandle() };
            // SAFETY: one row on the stack; the reference keeps the descriptor open meanwhile.
            return (NativeMethods.poll(&row, 1, timeout: 0) > 0 && (row.revents & Pollhup) != 0) || !TakesWrites(socket);
        }
        catch (ObjectDisposedException)
        {
            // Closed between the two looks.
            return true;
        }
        finally
        {
            if (held)
            {
                socket.DangerousRelease();
            }
        }
    }

    private static bool TakesWrites(SafeHandle socket)
    {
        byte nothing = 0;
        // SAFETY: no byte is read.
        return NativeMethods.send(socket, &nothing, 0, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL) >= 0
            || Marshal.GetLastPInvokeError() is not (Errno.EPIPE or Errno.ENOTCONN or Errno.ECONNRESET);
    }
}
