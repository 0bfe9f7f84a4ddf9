using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Connections;

/// <summary>What a transport knows of the other end.</summary>
internal static class Peer
{
    /// <summary>The peer of a connection in one word; <c>-</c> when the transport knows nothing.</summary>
    public static string Of(ConnectionContext connection) =>
        connection.Features.Get<IPeerFeature>()?.Peer ?? "-";
}
