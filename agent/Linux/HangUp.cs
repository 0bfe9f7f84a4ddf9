using System.Runtime.InteropServices;

namespace GuestAgent.Linux;

/// <summary>Asks whether both directions of a stream socket are shut. See POLLHUP in poll(2).</summary>
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
            LibC.pollfd row = new() { fd = (int)socket.DangerousGetHandle() };
            // SAFETY: one row on the stack; the reference keeps the descriptor open meanwhile.
            return LibC.poll(&row, 1, timeout: 0) > 0 && (row.revents & Pollhup) != 0;
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
}
