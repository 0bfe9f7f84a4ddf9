using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Sockets;

/// <summary>Makes sockets of tcp(7): close-on-exec, not blocking, without Nagle's delay, with keep-alive probes.</summary>
internal static class TcpSocket
{
    // As many as connect at once while the host takes its time.
    private const int Backlog = 128;

    // The same on every architecture: <netinet/in.h>, <netinet/tcp.h>, <asm-generic/socket.h>.
    private const int AF_INET = 2;
    private const int AF_INET6 = 10;
    private const int IPPROTO_TCP = 6;
    private const int TCP_NODELAY = 1;
    private const int SO_REUSEADDR = 2;
    private const int SO_KEEPALIVE = 9;
    private const int IPPROTO_IPV6 = 41;
    private const int IPV6_V6ONLY = 26;

    // sizeof(struct sockaddr_in), sizeof(struct sockaddr_in6).
    private const int AddressBytes = 16;
    private const int Address6Bytes = 28;

    /// <summary>Connects.</summary>
    /// <exception cref="LinuxException">ECONNREFUSED, EHOSTUNREACH and the like.</exception>
    public static async ValueTask<SafeFileHandle> ConnectAsync(IPEndPoint peer, EpollLoop loop, CancellationToken cancellationToken)
    {
        SafeFileHandle socket = Create(peer.AddressFamily);
        try
        {
            if (!Begin(socket, peer))
            {
                using EpollRegistration registration = loop.Register(socket);
                await registration.WaitAsync(Readiness.Output, cancellationToken);
                StreamSocket.ThrowUnlessConnected(socket, $"connect to {peer}");
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A socket that listens.</summary>
    /// <exception cref="LinuxException">EADDRINUSE, EADDRNOTAVAIL and the like.</exception>
    public static unsafe SafeFileHandle Listen(IPEndPoint own)
    {
        SafeFileHandle socket = Create(own.AddressFamily);
        Set(socket, LibC.SOL_SOCKET, SO_REUSEADDR);
        if (own.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // What was allowed is this address, and none of IPv4 besides.
            Set(socket, IPPROTO_IPV6, IPV6_V6ONLY);
        }

        byte[] address = ToBytes(own);
        fixed (byte* bytes = address)
        {
            // SAFETY: the kernel reads as many bytes as the address has.
            if (NativeMethods.bind(socket, bytes, (uint)address.Length) < 0 || NativeMethods.listen(socket, Backlog) < 0)
            {
                LinuxException failure = LinuxException.FromLastError($"listen at {own}");
                socket.Dispose();
                throw failure;
            }
        }

        return socket;
    }

    /// <summary>The port that a socket has.</summary>
    /// <exception cref="LinuxException">The kernel does not say.</exception>
    public static unsafe int PortOf(SafeHandle socket)
    {
        byte* address = stackalloc byte[Address6Bytes];
        uint size = Address6Bytes;
        // SAFETY: the kernel writes at most the stated size.
        return NativeMethods.getsockname(socket, address, &size) >= 0
            ? BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(address + sizeof(ushort), sizeof(ushort)))
            : throw LinuxException.FromLastError("getsockname");
    }

    private static SafeFileHandle Create(AddressFamily family)
    {
        SafeFileHandle socket = NativeMethods
            .socket(
                family == AddressFamily.InterNetworkV6 ? AF_INET6 : AF_INET,
                LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC,
                0)
            .OrThrow("socket(AF_INET)");
        Set(socket, IPPROTO_TCP, TCP_NODELAY);
        // Inherited by what is accepted, as is the above.
        Set(socket, LibC.SOL_SOCKET, SO_KEEPALIVE);
        return socket;
    }

    private static unsafe void Set(SafeFileHandle socket, int level, int option)
    {
        int one = 1;
        // SAFETY: each of these options takes an int. A kernel that refuses goes on without.
        _ = NativeMethods.setsockopt(socket, level, option, &one, sizeof(int));
    }

    private static unsafe bool Begin(SafeFileHandle socket, IPEndPoint peer)
    {
        byte[] address = ToBytes(peer);
        fixed (byte* bytes = address)
        {
            // SAFETY: the kernel reads as many bytes as the address has.
            return NativeMethods.connect(socket, bytes, (uint)address.Length) >= 0
                || (Marshal.GetLastPInvokeError() == Errno.EINPROGRESS
                    ? false
                    : throw LinuxException.FromLastError($"connect to {peer}"));
        }
    }

    private static byte[] ToBytes(IPEndPoint endPoint)
    {
        bool isSix = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        byte[] address = new byte[isSix ? Address6Bytes : AddressBytes];
        BitConverter.TryWriteBytes(address, (ushort)(isSix ? AF_INET6 : AF_INET));
        BinaryPrimitives.WriteUInt16BigEndian(address.AsSpan(sizeof(ushort)), (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(address.AsSpan(isSix ? 8 : 4), out _);
        return address;
    }
}
