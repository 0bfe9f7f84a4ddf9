using System.Globalization;
using GuestAgent.Connections;
using GuestAgent.Linux.Io;
using Microsoft.AspNetCore.Connections;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Transports.Vsock;

/// <summary>The context at the other end, as the kernel tells it.</summary>
/// <param name="cid">Its number.</param>
internal sealed class VsockPeer(uint cid) : IPeerFeature
{
    /// <inheritdoc/>
    public string Peer { get; } = "cid:" + cid.ToString(CultureInfo.InvariantCulture);

    /// <summary>Makes a connection of a socket, which knows its peer.</summary>
    /// <param name="socket">Connected, not blocking; owned by the connection.</param>
    /// <param name="cid">The peer.</param>
    /// <param name="loop">Watches it.</param>
    public static ConnectionContext Carry(SafeFileHandle socket, uint cid, EpollLoop loop)
    {
        var connection = new StreamConnection(socket, loop);
        connection.Features.Set<IPeerFeature>(new VsockPeer(cid));
        return connection;
    }
}
