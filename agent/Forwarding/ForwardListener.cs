using System.Net;
using GuestAgent.Errors;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Sockets;
using GuestAgent.Policy;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Forwarding;

/// <summary>
/// Listens for a host and keeps what has come until the host takes it. Its end is the end of all that came, and of the socket's file.
/// </summary>
internal sealed class ForwardListener : IDisposable
{
    // More wait in the kernel.
    private const int MostWaiting = 32;

    // A host answers at once, or not at all.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan PauseWhenExhausted = TimeSpan.FromMilliseconds(200);

    private readonly ForwardGrant _grant;
    private readonly ListeningSocket _socket;
    private readonly FileStatus? _file;
    private readonly CancellationTokenSource _ended = new();
    private readonly SemaphoreSlim _room = new(MostWaiting, MostWaiting);
    private readonly Lock _gate = new();
    private readonly Dictionary<long, WaitingConnection> _waiting = [];
    private bool _closed;

    /// <summary>Begins to listen.</summary>
    /// <param name="grant">Where; owned from here on.</param>
    /// <param name="loop">Watches sockets.</param>
    /// <exception cref="OperationException"><see cref="ErrorCode.Conflict"/>: the place is taken.</exception>
    public ForwardListener(ForwardGrant grant, EpollLoop loop)
    {
        _grant = grant;
        try
        {
            SafeFileHandle socket = Open(grant, out string address);
            Address = address;
            _file = grant.Place is { } place ? FileStatus.At(place.Directory, place.Names[0]) : null;
            _socket = new ListeningSocket(socket, loop);
        }
        catch (LinuxException e)
        {
            throw new OperationException(
                e.Errno is Errno.EACCES or Errno.EPERM ? ErrorCode.PermissionDenied
                    : Errno.IsExhaustion(e.Errno) ? ErrorCode.Busy
                    : ErrorCode.Conflict,
                $"Cannot listen at {grant.Address}: {Errno.Describe(e.Errno)}.",
                new ErrorDetail("forward", "address", Errno: Errno.Name(e.Errno)));
        }
    }

    /// <summary>Where it listens, with the port that the kernel has chosen.</summary>
    public string Address { get; }

    /// <summary>Connections that came.</summary>
    public long Count { get; private set; }

    /// <summary>Cancelled when it has ended: so have its connections.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Waits for a connection and keeps it for the host.</summary>
    /// <returns>Its number.</returns>
    public async Task<long> AcceptAsync(CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        while (true)
        {
            try
            {
                return Keep(await _socket.AcceptAsync(cancellationToken));
            }
            catch (LinuxException e) when (Errno.IsExhaustion(e.Errno))
            {
                // Who has connected waits in the kernel until something ends.
                await Task.Delay(PauseWhenExhausted, cancellationToken);
            }
        }
    }

    /// <summary>Hands a connection over; whoever takes it owns it.</summary>
    /// <exception cref="OperationException"><see cref="ErrorCode.NotFound"/>: it was taken already, or has waited for too long.</exception>
    public SafeFileHandle Take(long number) => TryTake(number) ?? throw new OperationException(
        ErrorCode.NotFound, "No connection with this number waits.", new ErrorDetail("forward", "connection"));

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        RemoveFile();
        _grant.Dispose();
        WaitingConnection[] left;
        lock (_gate)
        {
            _closed = true;
            left = [.. _waiting.Values];
            _waiting.Clear();
        }

        Array.ForEach(left, static connection => connection.Dispose());
        _ = _ended.CancelAsync();
    }

    private static SafeFileHandle Open(ForwardGrant grant, out string address)
    {
        if (grant.Place is { } place)
        {
            address = grant.Subject;
            return HeldSocket.Listen(place.Directory, place.Names[0]);
        }

        IPEndPoint own = grant.EndPoints[0];
        SafeFileHandle socket = TcpSocket.Listen(own);
        address = new IPEndPoint(own.Address, TcpSocket.PortOf(socket)).ToString();
        return socket;
    }

    private long Keep(SafeFileHandle socket)
    {
        lock (_gate)
        {
            if (_closed)
            {
                socket.Dispose();
                throw new ObjectDisposedException(nameof(ForwardListener));
            }

            long number = ++Count;
            _waiting[number] = new WaitingConnection(socket, Patience, () => CutOff(TryTake(number)));
            return number;
        }
    }

    private SafeFileHandle? TryTake(long number)
    {
        WaitingConnection? connection;
        lock (_gate)
        {
            _waiting.Remove(number, out connection);
        }

        if (connection is null)
        {
            return null;
        }

        _room.Release();
        return connection.Detach();
    }

    // Nobody has answered it: that is no end of what was said.
    private static void CutOff(SafeFileHandle? socket)
    {
        if (socket is not null)
        {
            StreamSocket.CutOffWhenClosed(socket);
            socket.Dispose();
        }
    }

    // What has taken its name meanwhile is somebody else's.
    private void RemoveFile()
    {
        if (_file is { } own
            && _grant.Place is { } place
            && FileStatus.At(place.Directory, place.Names[0]) is { } now
            && now.IsSameFileAs(own))
        {
            _ = place.Directory.TryRemove(place.Names[0], isDirectory: false);
        }
    }

    // A connection that the host has been told of.
    private sealed class WaitingConnection : IDisposable
    {
        private readonly SafeFileHandle _socket;
        private readonly Timer _timer;

        public WaitingConnection(SafeFileHandle socket, TimeSpan patience, Action giveUp)
        {
            _socket = socket;
            _timer = new Timer(static state => ((Action)state!)(), giveUp, patience, Timeout.InfiniteTimeSpan);
        }

        public SafeFileHandle Detach()
        {
            _timer.Dispose();
            return _socket;
        }

        public void Dispose() => CutOff(Detach());
    }
}
