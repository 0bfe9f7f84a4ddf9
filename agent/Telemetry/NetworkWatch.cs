using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Telemetry;

/// <summary>Sees interfaces and addresses come, go and change. https://man7.org/linux/man-pages/man7/rtnetlink.7.html</summary>
internal sealed class NetworkWatch : IChangeWatch
{
    private const uint RTMGRP_LINK = 0x1;
    private const uint RTMGRP_IPV4_IFADDR = 0x10;
    private const uint RTMGRP_IPV6_IFADDR = 0x100;

    // What a datagram says is not read, only that there is one; its rest is dropped by the kernel.
    private const int BufferBytes = 16;

    // In a storm the host is told before it is over; what is left over tells nothing that it would not see then.
    private const int MostDatagrams = 10_000;

    private readonly SafeFileHandle _socket;
    private readonly EpollRegistration _registration;

    private NetworkWatch(SafeFileHandle socket, EpollRegistration registration)
    {
        _socket = socket;
        _registration = registration;
    }

    /// <inheritdoc/>
    public string Kind => "network";

    /// <summary>Null where the kernel has no rtnetlink.</summary>
    /// <exception cref="LinuxException">The agent has run out of descriptors or memory.</exception>
    public static unsafe NetworkWatch? TryOpen(EpollLoop loop)
    {
        SafeFileHandle socket = NativeMethods.socket(
            LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, NativeMethods.NETLINK_ROUTE);
        NativeMethods.sockaddr_nl address = new()
        {
            nl_family = (ushort)LibC.AF_NETLINK,
            nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
        };
        try
        {
            // SAFETY: the kernel reads the local address.
            return NativeMethods.bind(socket.OrThrow("socket"), &address, (uint)sizeof(NativeMethods.sockaddr_nl)) == 0
                ? new NetworkWatch(socket, loop.Register(socket))
                : throw LinuxException.FromLastError("bind");
        }
        catch (LinuxException e)
        {
            socket.Dispose();
            if (Errno.IsExhaustion(e.Errno))
            {
                throw;
            }

            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> NextAsync()
    {
        while (true)
        {
            Readiness readiness = await _registration.WaitAsync(Readiness.Input, CancellationToken.None);
            if (readiness.HasFlag(Readiness.Removed))
            {
                return false;
            }

            try
            {
                if (Drain())
                {
                    return true;
                }
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        _socket.Dispose();
    }

    private unsafe bool Drain()
    {
        byte* buffer = stackalloc byte[BufferBytes];
        bool any = false;
        for (int i = 0; i < MostDatagrams; i++)
        {
            // SAFETY: the kernel writes at most the local buffer.
            if (NativeMethods.recvfrom(_socket, buffer, BufferBytes, 0, null, null) >= 0)
            {
                any = true;
                continue;
            }

            // ENOBUFS: there was more than the socket holds. Whatever it was, something has changed.
            int error = Marshal.GetLastPInvokeError();
            if (error == Errno.ENOBUFS)
            {
                any = true;
            }
            else if (error != Errno.EINTR)
            {
                break;
            }
        }

        return any;
    }
}
