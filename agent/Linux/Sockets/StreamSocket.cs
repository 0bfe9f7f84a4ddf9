using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;

namespace GuestAgent.Linux.Sockets;

/// <summary>What goes for connected stream sockets of every family.</summary>
internal static class StreamSocket
{
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
