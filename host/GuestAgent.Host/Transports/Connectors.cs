namespace GuestAgent.Host.Transports;

/// <summary>Finds the connector of an endpoint: the one place to extend for another scheme.</summary>
internal static class Connectors
{
    /// <summary>The connector of <paramref name="endpoint"/>.</summary>
    public static IConnector For(GuestEndpoint endpoint) => new UnixConnector(endpoint.SocketPath);
}
