using System.Globalization;
using GuestAgent.Host.Transports;

namespace GuestAgent.Host;

/// <summary>
/// Takes the connections that guests make to a vsock port of their host: the host's side of an agent that is configured to
/// connect (<c>vsock-connect</c>).
/// </summary>
/// <example>
/// <code>
/// await using GuestListener listener = GuestListener.Listen("hybrid:///run/vm1/v.sock:2000");
/// await using GuestClient guest = await GuestClient.ConnectAsync((await listener.AcceptAsync()).Stream);
/// </code>
/// </example>
public sealed class GuestListener : IAsyncDisposable
{
    private readonly IAcceptor _acceptor;

    private GuestListener(IAcceptor acceptor, string? socketPath)
    {
        _acceptor = acceptor;
        SocketPath = socketPath;
    }

    /// <summary>Path of the Unix socket: that of the VMM with <c>_PORT</c> behind it; null for vsock of the kernel.</summary>
    public string? SocketPath { get; }

    /// <summary>Listens.</summary>
    /// <param name="endpoint">
    /// As for <see cref="GuestEndpoint.Parse"/>: <c>hybrid:///path:PORT</c>, where the guest's VMM passes its connections on
    /// to a Unix socket (Firecracker, Cloud Hypervisor); <c>vsock://CID:PORT</c>, where this host's kernel has vsock, for
    /// connections of the guest with this CID; <c>vsock://:PORT</c> for those of every guest, CID 3 and above. Connections
    /// of anybody else are closed without a byte.
    /// </param>
    /// <exception cref="GuestEndpointException">It is none of them, or its path is too long.</exception>
    /// <exception cref="GuestConnectionException">It cannot be listened on.</exception>
    public static GuestListener Listen(string endpoint) => Listen(GuestEndpoint.Parse(endpoint));

    /// <inheritdoc cref="Listen(string)"/>
    /// <remarks>
    /// A Unix socket's permissions follow the umask: the VMM must be able to connect. A socket that nobody listens on any
    /// more is replaced.
    /// </remarks>
    public static GuestListener Listen(GuestEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        switch (endpoint.Scheme)
        {
            case GuestEndpointScheme.Vsock:
                return new GuestListener(new VsockAcceptor(endpoint.Cid, endpoint.Port), null);
            case GuestEndpointScheme.Hybrid:
                string path = string.Create(CultureInfo.InvariantCulture, $"{endpoint.SocketPath}_{endpoint.Port}");
                _ = GuestEndpoint.Unix(path);
                return new GuestListener(new HybridAcceptor(path), path);
            default:
                throw new GuestEndpointException(endpoint.ToString(), "only hybrid and vsock endpoints can be listened on");
        }
    }

    /// <summary>Waits for the next connection.</summary>
    /// <param name="cancellationToken">Gives up waiting; a connection that comes then waits for the next call.</param>
    /// <exception cref="GuestConnectionException">The listener was disposed, or this host has no descriptors
    /// left.</exception>
    public Task<AcceptedGuest> AcceptAsync(CancellationToken cancellationToken = default) =>
        _acceptor.AcceptAsync(cancellationToken);

    /// <summary>Stops listening and removes the socket. Connections that were taken live on.</summary>
    public ValueTask DisposeAsync()
    {
        _acceptor.Dispose();
        return ValueTask.CompletedTask;
    }
}
