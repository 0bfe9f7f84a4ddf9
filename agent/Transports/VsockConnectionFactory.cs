using GuestAgent.Connections;
using GuestAgent.Linux;
using Microsoft.AspNetCore.Connections;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Transports;

/// <summary>Makes connections of vsock sockets, which know their peer.</summary>
/// <param name="loop">The loop that watches them.</param>
internal sealed class VsockConnectionFactory(EpollLoop loop)
{
    /// <summary>A connection that owns the descriptor.</summary>
    /// <param name="handle">Connected, not blocking.</param>
    /// <param name="cid">The peer.</param>
    public ConnectionContext Create(SafeFileHandle handle, uint cid)
    {
        var connection = new StreamConnection(handle, loop);
        connection.Features.Set<IPeerFeature>(new VsockPeer(cid));
        return connection;
    }
}
