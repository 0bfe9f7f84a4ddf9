using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GuestAgent.Host.Transports;

/// <summary>Connects to a guest's vsock port through this host's kernel.</summary>
internal sealed class VsockConnector(uint cid, uint port) : IConnector
{
    /// <inheritdoc/>
    public async Task<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        // The kernel gives up by itself after two seconds, so a thread of the pool is held no longer than that.
        Task<Socket> connecting = Task.Run(Connect, CancellationToken.None);
        try
        {
            return new SocketStream(await connecting.WaitAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            _ = connecting.ContinueWith(
                static late => late.Result.Dispose(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default);
            throw;
        }
    }

    /// <inheritdoc/>
    public bool IsUnaccepted() => false;

    /// <inheritdoc/>
    public bool MayComeLater(ConnectionFailure failure) =>
        failure is ConnectionFailure.NotListening or ConnectionFailure.NotFound or ConnectionFailure.NoAnswer;

    private Socket Connect()
    {
        while (true)
        {
            // A new one for each attempt: a socket whose connect has failed is of no use to the next.
            SafeSocketHandle handle = Create();
            int error = TryConnect(handle);
            if (error == 0)
            {
                return new Socket(handle);
            }

            handle.Dispose();
            if (error != NativeMethods.EINTR)
            {
                throw Explain(error);
            }
        }
    }

    private SafeSocketHandle Create()
    {
        try
        {
            return VsockSocket.Create();
        }
        catch (Win32Exception e)
        {
            throw Explain(e.NativeErrorCode);
        }
    }

    private unsafe int TryConnect(SafeSocketHandle handle)
    {
        NativeMethods.sockaddr_vm address = VsockSocket.Address(cid, port);
        // SAFETY: the kernel reads one address of the stated size.
        return NativeMethods.connect(handle, &address, VsockSocket.AddressSize) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    private GuestConnectionException Explain(int error)
    {
        var cause = new Win32Exception(error);
        return error switch
        {
            // What a guest answers when nobody listens, and what vsock(7) says that it does. It answers the same when as many
            // connections wait as the listener allows, and nothing tells that apart: either is tried again.
            NativeMethods.ECONNRESET or NativeMethods.ECONNREFUSED => new GuestConnectionException(
                ConnectionFailure.NotListening, $"Nobody listens on vsock port {port} of CID {cid}. A full backlog looks the same.", cause),
            NativeMethods.ENODEV => new GuestConnectionException(
                ConnectionFailure.NotFound, $"There is no guest with CID {cid}; is the VM running?", cause),
            NativeMethods.EAFNOSUPPORT => new GuestConnectionException(
                ConnectionFailure.NotFound, "This host's kernel has no vsock; is vhost_vsock loaded?", cause),
            NativeMethods.EPERM or NativeMethods.EACCES => new GuestConnectionException(
                ConnectionFailure.AccessDenied, "This user may not use vsock.", cause),
            NativeMethods.ETIMEDOUT => new GuestConnectionException(
                ConnectionFailure.NoAnswer, $"CID {cid} does not answer: the guest is paused or still booting.", cause),
            _ => new GuestConnectionException(
                ConnectionFailure.Refused, $"Cannot connect to vsock {cid}:{port}: {cause.Message}", cause),
        };
    }
}
