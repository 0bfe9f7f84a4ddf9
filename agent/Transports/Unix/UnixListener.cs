using System.Net;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Sockets;
using GuestAgent.Settings;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Transports.Unix;

/// <summary>Listens on a Unix socket, whose file goes with it.</summary>
internal sealed class UnixListener : IConnectionListener
{
    private readonly UnixListenerSettings _settings;
    private readonly EpollLoop _loop;
    private readonly ListeningSocket _socket;
    private readonly CancellationTokenSource _unbound = new();

    /// <summary>Begins to listen.</summary>
    /// <exception cref="LinuxException">The socket cannot be made.</exception>
    /// <exception cref="IOException">Another process serves the path, or it is not a socket.</exception>
    public UnixListener(UnixListenerSettings settings, EpollLoop loop)
    {
        _settings = settings;
        EndPoint = new ListenerEndPoint(settings);
        _loop = loop;
        _socket = new ListeningSocket(UnixSocketFile.Listen(settings), loop);
    }

    /// <inheritdoc/>
    public EndPoint EndPoint { get; }

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
        UnixSocketFile.Remove(_settings);
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
