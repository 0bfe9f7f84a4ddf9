using System.Net;
using GuestAgent.Linux;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GuestAgent.Transports;

/// <summary>Lets Kestrel listen on virtio-serial ports.</summary>
internal sealed class VirtioSerialListenerFactory(EpollLoop loop, TimeProvider clock, ILogger<VirtioSerialListener> logger)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is VirtioSerialEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new VirtioSerialListener((VirtioSerialEndPoint)endpoint, loop, clock, logger));
}
