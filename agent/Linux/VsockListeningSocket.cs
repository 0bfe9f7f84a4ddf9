using System.Net.Sockets;

namespace GuestAgent.Linux;

/// <summary>A vsock socket that listens, on which one caller at a time waits without a thread.</summary>
internal sealed class VsockListeningSocket : IDisposable
{
    private readonly SafeSocketHandle _socket;
    private readonly EpollRegistration _registration;

    /// <summary>Listens.</summary>
    /// <param name="port">The port, on every address.</param>
    /// <param name="loop">The loop that watches it.</param>
    /// <exception cref="LinuxException">It cannot be listened on, or not yet.</exception>
    public VsockListeningSocket(uint port, EpollLoop loop)
    {
        _socket = VsockSocket.Listen(port);
        try
        {
            _registration = loop.Register(_socket);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for a connection.</summary>
    /// <exception cref="LinuxException">None can be taken.</exception>
    public async ValueTask<AcceptedVsock> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (VsockSocket.TryAccept(_socket) is { } accepted)
            {
                return accepted;
            }

            Readiness readiness = await _registration.WaitAsync(Readiness.Input, cancellationToken);
            ObjectDisposedException.ThrowIf(readiness.HasFlag(Readiness.Removed), this);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        _socket.Dispose();
    }
}
