namespace GuestAgent.Host.Transports;

/// <summary>Finds the connector of an endpoint: the one place to extend for another scheme.</summary>
internal static class Connectors
{
    /// <summary>The connector of <paramref name="endpoint"/>.</summary>
    public static IConnector For(GuestEndpoint endpoint) => endpoint.Scheme switch
    {
        GuestEndpointScheme.Vsock => new VsockConnector(endpoint.Cid, endpoint.Port),
        GuestEndpointScheme.Hybrid => new HybridConnector(endpoint.SocketPath, endpoint.Port),
        _ => new UnixConnector(endpoint.SocketPath),
    };
}
