using System.Buffers.Binary;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Sockets;

/// <summary>The interface <c>lo</c>, which is down in a new network namespace.</summary>
internal static unsafe class Loopback
{
    private const int AF_INET = 2;
    private const nuint SIOCSIFFLAGS = 0x8914;
    private const ushort IFF_UP = 1;

    // struct ifreq, netdevice(7): a name of 16 bytes, then a union that begins with the flags.
    private const int RequestBytes = 40;
    private const int FlagsAt = 16;

    /// <summary>Takes it up, with 127.0.0.1 and ::1.</summary>
    /// <returns>False with the last error set.</returns>
    public static bool TryStart()
    {
        byte* request = stackalloc byte[RequestBytes];
        Span<byte> fields = new(request, RequestBytes);
        fields.Clear();
        "lo"u8.CopyTo(fields);
        BinaryPrimitives.WriteUInt16LittleEndian(fields[FlagsAt..], IFF_UP);
        using SafeFileHandle socket = NativeMethods.socket(AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        // SAFETY: the structure has the size that the kernel reads.
        return !socket.IsInvalid && NativeMethods.ioctl(socket, SIOCSIFFLAGS, request) == 0;
    }
}
