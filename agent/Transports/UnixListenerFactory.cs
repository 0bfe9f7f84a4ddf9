using System.Net;
using GuestAgent.Linux;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Transports;

/// <summary>Lets hosts come in over Unix sockets.</summary>
internal sealed class UnixListenerFactory(EpollLoop loop) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is UnixEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new UnixListener((UnixEndPoint)endpoint, loop));
}
