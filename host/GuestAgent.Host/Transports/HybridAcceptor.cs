using System.Net.Sockets;

namespace GuestAgent.Host.Transports;

/// <summary>Takes what a VMM (Firecracker, Cloud Hypervisor) passes on from its guest to a Unix socket.</summary>
internal sealed class HybridAcceptor : IAcceptor
{
    private const int Backlog = 128;

    private readonly string _path;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>Listens.</summary>
    /// <param name="path">Where the VMM connects.</param>
    /// <exception cref="GuestConnectionException">It cannot be listened on.</exception>
    public HybridAcceptor(string path)
    {
        _path = path;
        try
        {
            RemoveStale(path);
            _socket.Bind(new UnixDomainSocketEndPoint(path));
            _socket.Listen(Backlog);
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            _socket.Dispose();
            throw new GuestConnectionException(
                ConnectionFailure.AccessDenied, $"Cannot listen on {path}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<AcceptedGuest> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            Socket guest = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
            return new AcceptedGuest(new SocketStream(guest), null);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new GuestConnectionException(
                e is ObjectDisposedException ? ConnectionFailure.Disposed : ConnectionFailure.Lost,
                $"No connection can be taken on {_path}.",
                e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_path);
        _socket.Dispose();
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
