using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;

namespace GuestAgent.Linux.Io;

/// <summary>How much a pipe or a socket holds at this moment. See FIONREAD and TIOCOUTQ in ioctl_tty(2), and unix(7).</summary>
internal static class AvailableBytes
{
    /// <summary>Bytes that can be read from <paramref name="descriptor"/> without waiting.</summary>
    public static unsafe int In(SafeHandle descriptor)
    {
        int count = 0;
        // SAFETY: FIONREAD writes one int.
        return NativeMethods.ioctl(descriptor, (nuint)LibC.FIONREAD, &count) == 0
            ? count
            : throw LinuxException.FromLastError("ioctl(FIONREAD)");
    }

    /// <summary>Memory of what was sent and the peer has not read; 0 where the kernel does not tell.</summary>
    public static unsafe int Unsent(SafeHandle socket)
    {
        int count = 0;
        try
        {
            // SAFETY: TIOCOUTQ, which sockets know as SIOCOUTQ, writes one int.
            return NativeMethods.ioctl(socket, (nuint)LibC.TIOCOUTQ, &count) == 0 ? count : 0;
        }
        catch (ObjectDisposedException)
        {
            // The connection has ended.
            return 0;
        }
    }
}
