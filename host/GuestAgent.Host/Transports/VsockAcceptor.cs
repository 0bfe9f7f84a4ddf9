using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GuestAgent.Host.Transports;

/// <summary>
/// Takes connections of guests to a vsock port of this host's kernel: of one guest, or of all. Processes of this machine,
/// which reach the port as well where vsock_loopback is loaded, are no guests.
/// </summary>
/// <remarks>Whoever waits takes a thread for it: .NET cannot watch a listening socket of a family that it does not know.</remarks>
internal sealed class VsockAcceptor : IAcceptor
{
    private const int Backlog = 128;

    private readonly uint _cid;
    private readonly uint _port;
    private readonly SafeSocketHandle _socket;
    private readonly CancellationTokenSource _disposed = new();

    /// <summary>Listens.</summary>
    /// <param name="cid">The guest whose connections are taken; <see cref="VsockSocket.AnyCid"/> for every guest.</param>
    /// <param name="port">The port.</param>
    /// <exception cref="GuestConnectionException">It cannot be listened on.</exception>
    public unsafe VsockAcceptor(uint cid, uint port)
    {
        _cid = cid;
        _port = port;
        try
        {
            _socket = VsockSocket.Create(LibC.SOCK_NONBLOCK);
            NativeMethods.sockaddr_vm address = VsockSocket.Address(VsockSocket.AnyCid, port);
            // SAFETY: the kernel reads one address of the stated size.
            if (NativeMethods.bind(_socket, &address, VsockSocket.AddressSize) < 0 || NativeMethods.listen(_socket, Backlog) < 0)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            }
        }
        catch (Win32Exception e)
        {
            _socket?.Dispose();
            throw new GuestConnectionException(
                ConnectionFailure.AccessDenied, $"Cannot listen on vsock port {port}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async Task<AcceptedGuest> AcceptAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
            return await Task.Factory
                .StartNew(() => Accept(either.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (e is Win32Exception or ObjectDisposedException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new GuestConnectionException(
                e is Win32Exception ? ConnectionFailure.Lost : ConnectionFailure.Disposed,
                $"No connection can be taken on vsock port {_port}.",
                e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_socket.IsClosed)
        {
            return;
        }

        _disposed.Cancel();
        _socket.Dispose();
        _disposed.Dispose();
    }

    private AcceptedGuest Accept(CancellationToken cancellationToken)
    {
        using var wake = new WakeUp();
        using CancellationTokenRegistration waking = cancellationToken.UnsafeRegister(static state => ((WakeUp)state!).Set(), wake);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAccept() is not (var handle, var cid))
            {
                wake.WaitFor(_socket);
                continue;
            }

            if (_cid == VsockSocket.AnyCid ? cid >= VsockSocket.FirstGuestCid : cid == _cid)
            {
                return new AcceptedGuest(new SocketStream(new Socket(handle)), cid);
            }

            handle.Dispose();
        }
    }

    private unsafe (SafeSocketHandle Handle, uint Cid)? TryAccept()
    {
        NativeMethods.sockaddr_vm peer = default;
        uint size = VsockSocket.AddressSize;
        // SAFETY: the kernel writes at most one address of the stated size.
        int descriptor = NativeMethods.accept4(_socket, &peer, &size, LibC.SOCK_CLOEXEC);
        if (descriptor >= 0)
        {
            return (new SafeSocketHandle(descriptor, ownsHandle: true), peer.svm_cid);
        }

        int error = Marshal.GetLastPInvokeError();
        return error is NativeMethods.EAGAIN or NativeMethods.EINTR or NativeMethods.ECONNABORTED
            ? null
            : throw new Win32Exception(error);
    }
}
