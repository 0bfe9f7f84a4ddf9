using System.Net;
using GuestAgent.Linux;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Transports;

/// <summary>Lets hosts come in over vsock, whichever side connects.</summary>
internal sealed class VsockListenerFactory(EpollLoop loop, TimeProvider clock, ILoggerFactory loggers)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly VsockConnectionFactory _connections = new(loop);

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is VsockEndPoint or VsockDialEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(endpoint is VsockEndPoint listen
            ? new VsockListener(listen, loop, _connections, clock, loggers.CreateLogger<VsockListener>())
            : new VsockDialer((VsockDialEndPoint)endpoint, loop, _connections, clock, loggers.CreateLogger<VsockDialer>()));
}
