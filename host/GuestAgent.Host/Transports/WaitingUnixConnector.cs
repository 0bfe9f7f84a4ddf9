using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Host.Transports;

/// <summary>Connects to a Unix stream socket that is read by waiting: see <see cref="WaitingStream"/>.</summary>
internal sealed class WaitingUnixConnector(string path) : IConnector
{
    // sockaddr_un(7): the family, then the path with a zero behind it.
    private const int FamilyBytes = sizeof(ushort);
    private const int MostPathBytes = 107;

    private readonly UnixConnector _usual = new(path);

    /// <summary>Connects at once or not at all, as Unix sockets do.</summary>
    public Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SafeFileHandle socket = Open();
        try
        {
            Connect(socket);
            return Task.FromResult<Stream>(new WaitingStream(socket));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool IsUnaccepted() => _usual.IsUnaccepted();

    /// <inheritdoc/>
    public bool MayComeLater(ConnectionFailure failure) => _usual.MayComeLater(failure);

    private SafeFileHandle Open()
    {
        int descriptor = LibC.socket(LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC, 0);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw Explain(Marshal.GetLastPInvokeError());
    }

    private unsafe void Connect(SafeFileHandle socket)
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        if (name.Length > MostPathBytes)
        {
            throw new GuestEndpointException(path, $"the path of a socket has at most {MostPathBytes} bytes");
        }

        Span<byte> address = stackalloc byte[FamilyBytes + MostPathBytes + 1];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)LibC.AF_UNIX);
        name.CopyTo(address[FamilyBytes..]);
        fixed (byte* bytes = address)
        {
            // SAFETY: the kernel reads as many bytes as it is told, which are there.
            if (NativeMethods.connect(socket, bytes, (uint)(FamilyBytes + name.Length + 1)) != 0)
            {
                throw Explain(Marshal.GetLastPInvokeError());
            }
        }
    }

    private GuestConnectionException Explain(int error) => _usual.Explain(new SocketException((int)(error switch
    {
        NativeMethods.ENOENT => SocketError.AddressNotAvailable,
        NativeMethods.ECONNREFUSED => SocketError.ConnectionRefused,
        NativeMethods.EACCES or NativeMethods.EPERM => SocketError.AccessDenied,
        NativeMethods.EAGAIN => SocketError.WouldBlock,
        _ => SocketError.SocketError,
    })));
}
