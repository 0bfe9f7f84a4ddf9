namespace GuestAgent.Host.Transports;

/// <summary>Takes connections that guests make, from the moment of its creation to its end.</summary>
internal interface IAcceptor : IDisposable
{
    /// <summary>Waits for the next one.</summary>
    /// <exception cref="GuestConnectionException">The acceptor was disposed, or this host has no descriptors left.</exception>
    Task<AcceptedGuest> AcceptAsync(CancellationToken cancellationToken);
}
