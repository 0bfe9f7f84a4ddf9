using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Connections;

/// <summary>What a transport knows of the other end.</summary>
internal static class Peer
{
    /// <summary>The peer of a connection in one word; <c>-</c> when the transport knows nothing.</summary>
    public static string Of(ConnectionContext connection) =>
        connection.Features.Get<IPeerFeature>()?.Peer ?? "-";
}

/// <summary>Set by transports that know their peer.</summary>
internal interface IPeerFeature
{
    /// <summary>The peer in one word, such as <c>cid:2</c>.</summary>
    string Peer { get; }
}
