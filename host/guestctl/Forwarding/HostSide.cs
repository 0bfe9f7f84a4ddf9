using System.Net;
using System.Net.Sockets;
using GuestAgent.Cli.Linux;

namespace GuestAgent.Cli.Forwarding;

/// <summary>Sockets of this host, by <c>HOST:PORT</c> or the path of a Unix socket.</summary>
internal static class HostSide
{
    private const int Backlog = 128;

    // rw-------
    private const uint OwnerOnly = 0x180;

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nobody is there, or the name is unknown.</exception>
    public static async Task<Socket> ConnectAsync(string address, CancellationToken cancellationToken)
    {
        bool isPath = address.StartsWith('/');
        Socket socket = isPath
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (isPath)
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(address), cancellationToken);
            }
            else
            {
                (string host, int port) = ForwardSpec.Divide(address);
                await socket.ConnectAsync(host, port, cancellationToken);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Listens, at an address of this host alone: the loopback of IPv4 for <c>localhost</c>.</summary>
    /// <exception cref="UsageException">It is no address.</exception>
    /// <exception cref="InTheWayException">The place is taken.</exception>
    public static Socket Listen(string address)
    {
        EndPoint place = EndPointOf(address);
        Socket socket = place is IPEndPoint
            ? new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (place is UnixDomainSocketEndPoint && NativeMethods.fchmod(socket.SafeHandle, OwnerOnly) != 0)
            {
                throw new NoOutputException($"cannot make {address} for its owner alone");
            }

            socket.Bind(place);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new InTheWayException($"cannot listen at {address}: {e.Message}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Where a socket listens, with the port that the kernel has chosen.</summary>
    public static string AddressOf(Socket listener, string asked) =>
        listener.LocalEndPoint is IPEndPoint place ? place.ToString() : asked;

    private static EndPoint EndPointOf(string address)
    {
        if (address.StartsWith('/'))
        {
            return new UnixDomainSocketEndPoint(address);
        }

        (string host, int port) = ForwardSpec.Divide(address);
        return host switch
        {
            "localhost" => new IPEndPoint(IPAddress.Loopback, port),
            "*" => new IPEndPoint(IPAddress.Any, port),
            _ => IPAddress.TryParse(host, out IPAddress? own)
                ? new IPEndPoint(own, port)
                : throw new UsageException($"{host} is no address to listen at: write localhost, * for all, or an address"),
        };
    }
}
