using System.Net.Sockets;
using GuestAgent.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Transports;

/// <summary>
/// Makes connections of descriptors of a family that .NET has no name for: reading, writing and shutting down are the
/// same for every stream socket, so Kestrel's own connection carries them.
/// </summary>
internal sealed class VsockConnectionFactory(ILogger logger) : IDisposable
{
    // As for the other sockets, see AgentHost.
    private readonly SocketConnectionContextFactory _factory =
        new(new SocketConnectionFactoryOptions { UnsafePreferInlineScheduling = true }, logger);

    /// <summary>A connection that owns the descriptor.</summary>
    /// <param name="handle">Connected, not blocking.</param>
    /// <param name="cid">The peer.</param>
    public ConnectionContext Create(SafeSocketHandle handle, uint cid)
    {
        ConnectionContext connection = _factory.Create(new Socket(handle));
        connection.Features.Set<IPeerFeature>(new VsockPeer(cid));
        return connection;
    }

    /// <inheritdoc/>
    public void Dispose() => _factory.Dispose();
}
