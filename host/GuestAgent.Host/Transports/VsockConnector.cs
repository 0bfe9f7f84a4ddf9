using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GuestAgent.Host.Transports;

/// <summary>Connects to a guest's vsock port through this host's kernel.</summary>
internal sealed class VsockConnector(uint cid, uint port) : IConnector
{
    // The kernel resets a connection whose packets, with what it adds to each, exceed the buffer, 256 KiB by default.
    private const ulong BufferBytes = 1024 * 1024;

    // sizeof(struct sockaddr_vm)
    private const uint AddressSize = 16;

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
        failure is ConnectionFailure.NotListening or ConnectionFailure.NotFound;

    private Socket Connect()
    {
        while (true)
        {
            SafeSocketHandle handle = Create();
            int error = TryConnect(handle);
            if (error == 0)
            {
                return new Socket(handle);
            }

            handle.Dispose();
            if (error != LibC.EINTR)
            {
                throw Explain(error);
            }
        }
    }

    private unsafe SafeSocketHandle Create()
    {
        int descriptor = LibC.socket(LibC.AF_VSOCK, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
        {
            throw Explain(Marshal.GetLastPInvokeError());
        }

        var handle = new SafeSocketHandle(descriptor, ownsHandle: true);
        ulong bytes = BufferBytes;
        // SAFETY: both options take eight bytes. A kernel that refuses keeps its own size.
        _ = LibC.setsockopt(handle, LibC.AF_VSOCK, LibC.SO_VM_SOCKETS_BUFFER_MAX_SIZE, &bytes, sizeof(ulong));
        _ = LibC.setsockopt(handle, LibC.AF_VSOCK, LibC.SO_VM_SOCKETS_BUFFER_SIZE, &bytes, sizeof(ulong));
        return handle;
    }

    private unsafe int TryConnect(SafeSocketHandle handle)
    {
        LibC.sockaddr_vm address = new() { svm_family = LibC.AF_VSOCK, svm_cid = cid, svm_port = port };
        // SAFETY: the kernel reads one address of the stated size.
        return LibC.connect(handle, &address, AddressSize) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    private GuestConnectionException Explain(int error)
    {
        var cause = new Win32Exception(error);
        return error switch
        {
            // What a guest answers when nobody listens, and what vsock(7) says that it does.
            LibC.ECONNRESET or LibC.ECONNREFUSED => new GuestConnectionException(
                ConnectionFailure.NotListening, $"Nobody listens on vsock port {port} of CID {cid}.", cause),
            LibC.ENODEV => new GuestConnectionException(
                ConnectionFailure.NotFound, $"There is no guest with CID {cid}; is the VM running?", cause),
            LibC.EAFNOSUPPORT => new GuestConnectionException(
                ConnectionFailure.NotFound, "This host's kernel has no vsock; is vhost_vsock loaded?", cause),
            LibC.EPERM or LibC.EACCES => new GuestConnectionException(
                ConnectionFailure.AccessDenied, "This user may not use vsock.", cause),
            LibC.ETIMEDOUT => new GuestConnectionException(
                ConnectionFailure.NoAnswer, $"CID {cid} does not answer: the guest is paused or still booting.", cause),
            _ => new GuestConnectionException(
                ConnectionFailure.Refused, $"Cannot connect to vsock {cid}:{port}: {cause.Message}", cause),
        };
    }
}
