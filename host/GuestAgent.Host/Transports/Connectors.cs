namespace GuestAgent.Host.Transports;

/// <summary>Finds the connector of an endpoint: the one place to extend for another scheme.</summary>
internal static class Connectors
{
    /// <summary>The connector of <paramref name="endpoint"/>.</summary>
    /// <param name="endpoint">Whom to connect to.</param>
    /// <param name="readsByWaiting">For a program that does one thing: see <see cref="WaitingStream"/>.</param>
    /// <exception cref="GuestEndpointException">It names no guest.</exception>
    public static IConnector For(GuestEndpoint endpoint, bool readsByWaiting = false) => endpoint.Scheme switch
    {
        GuestEndpointScheme.Vsock when endpoint.IsOfAnyGuest =>
            throw new GuestEndpointException(endpoint.ToString(), "it names no guest to connect to; write vsock://CID:PORT"),
        GuestEndpointScheme.Vsock => new VsockConnector(endpoint.Cid, endpoint.Port),
        GuestEndpointScheme.Hybrid => new HybridConnector(endpoint.SocketPath, endpoint.Port),
        _ when readsByWaiting => new WaitingUnixConnector(endpoint.SocketPath),
        _ => new UnixConnector(endpoint.SocketPath),
    };
}
