using System.Globalization;
using System.Net.Sockets;
using GuestAgent.Host.Transports;

namespace GuestAgent.Host;

/// <summary>
/// Takes the connections that a guest makes to a vsock port of its host, where its VMM passes them on to a Unix socket
/// (Firecracker, Cloud Hypervisor): the host's side of an agent that is configured to connect.
/// </summary>
/// <example>
/// <code>
/// await using GuestListener listener = GuestListener.Listen("hybrid:///run/vm1/v.sock:2000");
/// await using GuestClient guest = await GuestClient.AttachAsync(await listener.AcceptAsync());
/// </code>
/// </example>
public sealed class GuestListener : IAsyncDisposable
{
    private const int Backlog = 128;

    private readonly Socket _socket;

    private GuestListener(Socket socket, string path)
    {
        _socket = socket;
        SocketPath = path;
    }

    /// <summary>Path of the Unix socket: that of the VMM with <c>_PORT</c> behind it.</summary>
    public string SocketPath { get; }

    /// <summary>Listens.</summary>
    /// <param name="endpoint">As for <see cref="GuestEndpoint.Parse"/>; <c>hybrid:///path:PORT</c> only.</param>
    /// <exception cref="GuestEndpointException">It is no hybrid endpoint, or its path is too long.</exception>
    /// <exception cref="GuestConnectionException">It cannot be listened on.</exception>
    public static GuestListener Listen(string endpoint) => Listen(GuestEndpoint.Parse(endpoint));

    /// <inheritdoc cref="Listen(string)"/>
    /// <remarks>
    /// The socket's permissions follow the umask: the VMM must be able to connect. A socket that nobody listens on any
    /// more is replaced.
    /// </remarks>
    public static GuestListener Listen(GuestEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (endpoint.Scheme != GuestEndpointScheme.Hybrid)
        {
            throw new GuestEndpointException(endpoint.ToString(), "only a hybrid endpoint can be listened on");
        }

        string path = string.Create(CultureInfo.InvariantCulture, $"{endpoint.SocketPath}_{endpoint.Port}");
        _ = GuestEndpoint.Unix(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            RemoveStale(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen(Backlog);
            return new GuestListener(socket, path);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new GuestConnectionException(
                ConnectionFailure.AccessDenied, $"Cannot listen on {path}: {e.Message}", e);
        }
    }

    /// <summary>Waits for the guest's next connection.</summary>
    /// <param name="cancellationToken">Gives up waiting; a connection that comes then waits for the next call.</param>
    /// <returns>The connection, for <see cref="GuestClient.AttachAsync(Stream, GuestClientOptions?, CancellationToken)"/>
    /// or for any other use.</returns>
    /// <exception cref="GuestConnectionException">The listener was disposed, or this host has no descriptors
    /// left.</exception>
    public async Task<Stream> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return new SocketStream(await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new GuestConnectionException(
                e is ObjectDisposedException ? ConnectionFailure.Disposed : ConnectionFailure.Lost,
                $"No connection can be taken on {SocketPath}.",
                e);
        }
    }

    /// <summary>Stops listening and removes the socket. Connections that were taken live on.</summary>
    public ValueTask DisposeAsync()
    {
        File.Delete(SocketPath);
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void RemoveStale(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused && IsSocket(path))
        {
            File.Delete(path);
        }
    }

    // A file that is no socket refuses a connection, too, and must not be deleted; it can be opened, which a socket cannot.
    private static bool IsSocket(string path)
    {
        try
        {
            File.OpenHandle(path).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
