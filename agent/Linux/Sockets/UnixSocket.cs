using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Sockets;

/// <summary>Makes sockets of unix(7): close-on-exec.</summary>
internal static unsafe class UnixSocket
{
    // As many as connect at once while the agent is busy with something else.
    private const int Backlog = 128;

    /// <summary>A stream socket that has an address, and does not listen yet.</summary>
    /// <param name="path">Where its file is made.</param>
    /// <param name="mode">Most permissions of that file; the umask takes away others. All of them when null.</param>
    /// <exception cref="LinuxException">It cannot be made there.</exception>
    public static SafeFileHandle Bind(string path, uint? mode = null)
    {
        UnixAddress address = UnixAddress.OfPath(path);
        SafeFileHandle socket = Create(LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK);
        // Before it has a file, which takes over the permissions of the socket.
        if (mode is { } bits && NativeMethods.fchmod(socket, bits) < 0)
        {
            throw Fail(socket, "fchmod");
        }

        fixed (byte* bytes = address.Bytes)
        {
            // SAFETY: the kernel reads as many bytes as the address has.
            return NativeMethods.bind(socket, bytes, (uint)address.Bytes.Length) >= 0
                ? socket
                : throw Fail(socket, "bind " + path);
        }
    }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="LinuxException">It cannot.</exception>
    public static void Listen(SafeFileHandle socket)
    {
        if (NativeMethods.listen(socket, Backlog) < 0)
        {
            throw LinuxException.FromLastError("listen");
        }
    }

    /// <summary>True when somebody listens at a path.</summary>
    /// <exception cref="LinuxException">The kernel does not say.</exception>
    public static bool IsServed(string path)
    {
        UnixAddress address = UnixAddress.OfPath(path);
        // Not blocking: a full backlog has a listener, too, and says EAGAIN then.
        using SafeFileHandle probe = Create(LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK);
        fixed (byte* bytes = address.Bytes)
        {
            // SAFETY: the kernel reads as many bytes as the address has.
            return NativeMethods.connect(probe, bytes, (uint)address.Bytes.Length) >= 0
                || Marshal.GetLastPInvokeError() != Errno.ECONNREFUSED;
        }
    }

    /// <summary>Connects, at once or not at all, as Unix sockets do.</summary>
    /// <param name="path">Where to.</param>
    /// <exception cref="LinuxException">ECONNREFUSED: nobody listens there. EAGAIN: too many wait.</exception>
    public static SafeFileHandle Connect(string path)
    {
        UnixAddress address = UnixAddress.OfPath(path);
        SafeFileHandle socket = Create(LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK);
        fixed (byte* bytes = address.Bytes)
        {
            // SAFETY: the kernel reads as many bytes as the address has.
            return NativeMethods.connect(socket, bytes, (uint)address.Bytes.Length) >= 0
                ? socket
                : throw Fail(socket, "connect");
        }
    }

    /// <summary>A datagram socket to send with, which waits no longer than <paramref name="patience"/> for room.</summary>
    /// <exception cref="LinuxException">It cannot be made.</exception>
    public static SafeFileHandle CreateSender(TimeSpan patience)
    {
        SafeFileHandle socket = Create(LibC.SOCK_DGRAM);
        long* limit = stackalloc long[] { (long)patience.TotalSeconds, 0 };
        // SAFETY: a struct timeval, of two longs. Without it the socket waits longer, no more.
        _ = NativeMethods.setsockopt(socket, LibC.SOL_SOCKET, LibC.SO_SNDTIMEO, limit, 2 * sizeof(long));
        return socket;
    }

    /// <summary>Sends one datagram.</summary>
    /// <returns>False when nobody takes it.</returns>
    public static bool TrySend(SafeFileHandle socket, ReadOnlySpan<byte> message, UnixAddress receiver)
    {
        fixed (byte* bytes = message, address = receiver.Bytes)
        {
            // SAFETY: the kernel reads as many bytes as message and address have.
            return NativeMethods.sendto(
                socket, bytes, message.Length, LibC.MSG_NOSIGNAL, address, (uint)receiver.Bytes.Length) >= 0;
        }
    }

    /// <summary>Two sockets that are connected and keep messages apart; the first does not block.</summary>
    /// <exception cref="LinuxException">They cannot be made.</exception>
    public static (SafeFileHandle Own, SafeFileHandle Other) OpenPair()
    {
        int* descriptors = stackalloc int[2];
        // SAFETY: socketpair writes two descriptors, which the handles own from here on.
        if (LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0, descriptors) < 0)
        {
            throw LinuxException.FromLastError("socketpair");
        }

        (SafeFileHandle own, SafeFileHandle other) =
            (new(descriptors[0], ownsHandle: true), new(descriptors[1], ownsHandle: true));
        Pipe.SetNonBlocking(own);
        return (own, other);
    }

    private static SafeFileHandle Create(int type) =>
        NativeMethods.socket(LibC.AF_UNIX, type | LibC.SOCK_CLOEXEC, 0).OrThrow("socket(AF_UNIX)");

    private static LinuxException Fail(SafeFileHandle socket, string action)
    {
        LinuxException failure = LinuxException.FromLastError(action);
        socket.Dispose();
        return failure;
    }
}
