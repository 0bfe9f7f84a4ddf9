using System.Runtime.InteropServices;

namespace GuestAgent.Linux;

/// <summary>How much a pipe or a socket holds at this moment. See FIONREAD and TIOCOUTQ in ioctl_tty(2), and unix(7).</summary>
internal static partial class AvailableBytes
{
    private const nuint Fionread = 0x541B;
    private const nuint Tiocoutq = 0x5411;

    /// <summary>Bytes that can be read from <paramref name="descriptor"/> without waiting.</summary>
    public static unsafe int In(SafeHandle descriptor)
    {
        int count = 0;
        // SAFETY: FIONREAD writes one int.
        return ioctl(descriptor, Fionread, &count) == 0 ? count : throw LinuxException.FromLastError("ioctl(FIONREAD)");
    }

    /// <summary>Memory of what was sent and the peer has not read; 0 where the kernel does not tell.</summary>
    public static unsafe int Unsent(SafeHandle socket)
    {
        int count = 0;
        try
        {
            // SAFETY: TIOCOUTQ, which sockets know as SIOCOUTQ, writes one int.
            return ioctl(socket, Tiocoutq, &count) == 0 ? count : 0;
        }
        catch (ObjectDisposedException)
        {
            // The connection has ended.
            return 0;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int ioctl(SafeHandle descriptor, nuint request, int* value);
}
