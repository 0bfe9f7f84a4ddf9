namespace GuestAgent.Host.Transports;

/// <summary>Opens channels as the user of the library says.</summary>
internal sealed class CustomConnector(Func<CancellationToken, Task<Stream>> open) : IConnector
{
    /// <inheritdoc/>
    public Task<Stream> ConnectAsync(CancellationToken cancellationToken) => open(cancellationToken);

    /// <inheritdoc/>
    public bool IsUnaccepted() => false;

    /// <inheritdoc/>
    public bool MayComeLater(ConnectionFailure failure) => false;
}
