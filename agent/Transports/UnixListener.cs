using System.Net;
using GuestAgent.Linux;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Transports;

/// <summary>Listens on a Unix socket, whose file goes with it.</summary>
internal sealed class UnixListener : IConnectionListener
{
    private readonly UnixEndPoint _endpoint;
    private readonly EpollLoop _loop;
    private readonly ListeningSocket _socket;
    private readonly CancellationTokenSource _unbound = new();

    /// <summary>Begins to listen.</summary>
    /// <exception cref="LinuxException">The socket cannot be made.</exception>
    /// <exception cref="IOException">Another process serves the path, or it is not a socket.</exception>
    public UnixListener(UnixEndPoint endpoint, EpollLoop loop)
    {
        _endpoint = endpoint;
        _loop = loop;
        _socket = new ListeningSocket(UnixSocketFile.Listen(endpoint.Settings), loop);
    }

    /// <inheritdoc/>
    public EndPoint EndPoint => _endpoint;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _unbound.Token);
        try
        {
            return new StreamConnection(await _socket.AcceptAsync(either.Token), _loop);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _unbound.CancelAsync();
        UnixSocketFile.Remove(_endpoint.Settings);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_unbound.IsCancellationRequested)
        {
            await UnbindAsync();
        }

        _socket.Dispose();
        _unbound.Dispose();
    }
}
