using System.Net.Sockets;

namespace GuestAgent.Host.Transports;

/// <summary>Connects to a Unix stream socket: a QEMU chardev, a forwarded port, or an agent of this machine.</summary>
internal sealed class UnixConnector(string path) : IConnector
{
    /// <inheritdoc/>
    public async Task<Stream> ConnectAsync(CancellationToken cancellationToken) =>
        new NetworkStream(await OpenAsync(cancellationToken).ConfigureAwait(false), ownsSocket: true);

    /// <summary>The connected socket.</summary>
    /// <exception cref="GuestConnectionException">There is nothing to connect to, or it refuses.</exception>
    public async Task<Socket> OpenAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw Explain(e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool IsUnaccepted() => UnixBacklog.HoldsConnectionTo(path);

    /// <inheritdoc/>
    public bool MayComeLater(ConnectionFailure failure) => false;

    /// <summary>What it means that nobody could be connected to.</summary>
    public GuestConnectionException Explain(SocketException e) => e.SocketErrorCode switch
    {
        // ENOENT, in the words of System.Net.Sockets.
        SocketError.AddressNotAvailable => new GuestConnectionException(
            ConnectionFailure.NotFound, $"There is no socket {path}; is the VM running?", e),
        SocketError.ConnectionRefused => new GuestConnectionException(
            ConnectionFailure.Refused, $"Nobody listens on {path}; has the VM ended?", e),
        SocketError.AccessDenied => new GuestConnectionException(
            ConnectionFailure.AccessDenied, $"This user may not use {path}.", e),
        // EAGAIN: the listener's backlog is full.
        SocketError.WouldBlock or SocketError.TryAgain => new GuestConnectionException(
            ConnectionFailure.ChannelHeld, $"Other clients hold {path} and wait for it.", e),
        _ => new GuestConnectionException(ConnectionFailure.Refused, $"Cannot connect to {path}: {e.Message}", e),
    };
}
