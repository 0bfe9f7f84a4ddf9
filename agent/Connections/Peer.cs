using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace GuestAgent.Connections;

/// <summary>What a transport knows of the other end.</summary>
internal static class Peer
{
    // https://man7.org/linux/man-pages/man7/unix.7.html: struct ucred is pid, uid and gid.
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;
    private const int CredentialsBytes = 12;
    private const int UserIdOffset = 4;

    /// <summary>The peer of a connection in one word; <c>-</c> when the transport knows nothing.</summary>
    public static string Of(ConnectionContext connection) =>
        connection.Features.Get<IPeerFeature>()?.Peer
        ?? (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { AddressFamily: AddressFamily.Unix } socket
            ? UserOf(socket)
            : "-");

    private static string UserOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[CredentialsBytes];
        try
        {
            socket.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, credentials);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Gone before it was looked at; it will ask for nothing.
            return "-";
        }

        return $"uid:{BinaryPrimitives.ReadUInt32LittleEndian(credentials[UserIdOffset..])}";
    }
}
