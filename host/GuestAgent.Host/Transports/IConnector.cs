namespace GuestAgent.Host.Transports;

/// <summary>Opens the byte channel behind one kind of endpoint. A connection that stands proves no agent.</summary>
internal interface IConnector
{
    /// <summary>Connects.</summary>
    /// <exception cref="GuestConnectionException">There is nothing to connect to, or it refuses.</exception>
    Task<Stream> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>
    /// True when a connection to the endpoint is known to wait for the listener, which serves another client. Looks,
    /// never throws.
    /// </summary>
    bool IsUnaccepted();

    /// <summary>True when the next attempt may succeed after this failure: the guest's agent may still be starting.</summary>
    bool MayComeLater(ConnectionFailure failure);
}
