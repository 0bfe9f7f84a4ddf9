using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Sockets;

/// <summary>Makes sockets of vsock(7): close-on-exec, not blocking, with room for more than the kernel's 256 KiB.</summary>
internal static class VsockSocket
{
    // The kernel resets a connection whose packets, with what it adds to each, exceed the buffer; and a fast sender waits
    // for credit after as much. It is a bound, not memory that is taken.
    private const ulong BufferBytes = 1024 * 1024;

    private const int Backlog = 128;

    // sizeof(struct sockaddr_vm)
    private const uint AddressSize = 16;

    /// <summary>A socket that listens on every address that the guest has or will have.</summary>
    /// <exception cref="LinuxException">EAFNOSUPPORT: the kernel has no vsock, or not yet. EADDRINUSE: another process
    /// has the port.</exception>
    public static unsafe SafeFileHandle Listen(uint port)
    {
        SafeFileHandle socket = Create();
        NativeMethods.sockaddr_vm address = Address(new VsockAddress(VsockAddress.Any, port));
        // SAFETY: the kernel reads one address of the stated size.
        if (NativeMethods.bind(socket, &address, AddressSize) < 0 || NativeMethods.listen(socket, Backlog) < 0)
        {
            throw Fail(socket, $"listen on vsock port {port}");
        }

        return socket;
    }

    /// <summary>Who is at the other end of a connection: the kernel's word, not the peer's.</summary>
    /// <exception cref="LinuxException">ENOTCONN: nobody any more.</exception>
    public static unsafe VsockAddress PeerOf(SafeHandle connection)
    {
        NativeMethods.sockaddr_vm peer = default;
        uint size = AddressSize;
        // SAFETY: the kernel writes at most one address of the stated size.
        return NativeMethods.getpeername(connection, &peer, &size) >= 0
            ? new VsockAddress(peer.svm_cid, peer.svm_port)
            : throw LinuxException.FromLastError("getpeername on vsock");
    }

    /// <summary>Connects. A kernel that finds nobody gives up after two seconds by itself.</summary>
    /// <exception cref="LinuxException">ECONNRESET: nobody listens there. ENODEV: there is no way to that address.</exception>
    public static async ValueTask<SafeFileHandle> ConnectAsync(
        VsockAddress peer, EpollLoop loop, CancellationToken cancellationToken)
    {
        SafeFileHandle socket = Create();
        try
        {
            if (!Begin(socket, peer))
            {
                using EpollRegistration registration = loop.Register(socket);
                await registration.WaitAsync(Readiness.Output, cancellationToken);
                StreamSocket.ThrowUnlessConnected(socket, $"connect to vsock {peer}");
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static unsafe SafeFileHandle Create()
    {
        SafeFileHandle socket = NativeMethods
            .socket(LibC.AF_VSOCK, LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0)
            .OrThrow("socket(AF_VSOCK)");
        ulong bytes = BufferBytes;
        // SAFETY: both options take eight bytes. Accepted connections inherit them. A kernel that refuses keeps its own.
        _ = NativeMethods.setsockopt(socket, LibC.AF_VSOCK, NativeMethods.SO_VM_SOCKETS_BUFFER_MAX_SIZE, &bytes, sizeof(ulong));
        _ = NativeMethods.setsockopt(socket, LibC.AF_VSOCK, NativeMethods.SO_VM_SOCKETS_BUFFER_SIZE, &bytes, sizeof(ulong));
        return socket;
    }

    private static unsafe bool Begin(SafeFileHandle socket, VsockAddress peer)
    {
        NativeMethods.sockaddr_vm address = Address(peer);
        // SAFETY: the kernel reads one address of the stated size.
        return NativeMethods.connect(socket, &address, AddressSize) >= 0
            || (Marshal.GetLastPInvokeError() == Errno.EINPROGRESS
                ? false
                : throw LinuxException.FromLastError($"connect to vsock {peer}"));
    }

    private static NativeMethods.sockaddr_vm Address(VsockAddress address) => new()
    {
        svm_family = (ushort)LibC.AF_VSOCK,
        svm_cid = address.Cid,
        svm_port = address.Port,
    };

    private static LinuxException Fail(SafeFileHandle socket, string action)
    {
        LinuxException failure = LinuxException.FromLastError(action);
        socket.Dispose();
        return failure;
    }
}
