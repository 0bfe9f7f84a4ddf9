using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace GuestAgent.Host.Transports;

/// <summary>Makes sockets of vsock(7), which .NET does not know, and names their addresses.</summary>
internal static class VsockSocket
{
    /// <summary>VMADDR_CID_ANY: no address of anybody.</summary>
    public const uint AnyCid = uint.MaxValue;

    /// <summary>The smallest CID of a guest: 0 to 2 are the hypervisor, the machine itself and its host.</summary>
    public const uint FirstGuestCid = 3;

    /// <summary>sizeof(struct sockaddr_vm)</summary>
    public const uint AddressSize = 16;

    // The kernel resets a connection whose packets, with what it adds to each, exceed the buffer, 256 KiB by default.
    private const ulong BufferBytes = 1024 * 1024;

    /// <summary>A socket that is neither bound nor connected; connections that it accepts have its buffers.</summary>
    /// <param name="flags">SOCK_NONBLOCK or nothing.</param>
    /// <exception cref="Win32Exception">The kernel has none.</exception>
    public static unsafe SafeSocketHandle Create(int flags = 0)
    {
        int descriptor = LibC.socket(LibC.AF_VSOCK, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC | flags, 0);
        if (descriptor < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        var handle = new SafeSocketHandle(descriptor, ownsHandle: true);
        ulong bytes = BufferBytes;
        // SAFETY: both options take eight bytes. A kernel that refuses keeps its own size.
        _ = NativeMethods.setsockopt(handle, LibC.AF_VSOCK, NativeMethods.SO_VM_SOCKETS_BUFFER_MAX_SIZE, &bytes, sizeof(ulong));
        _ = NativeMethods.setsockopt(handle, LibC.AF_VSOCK, NativeMethods.SO_VM_SOCKETS_BUFFER_SIZE, &bytes, sizeof(ulong));
        return handle;
    }

    /// <summary>The kernel's form of an address.</summary>
    public static NativeMethods.sockaddr_vm Address(uint cid, uint port) =>
        new() { svm_family = (ushort)LibC.AF_VSOCK, svm_cid = cid, svm_port = port };
}
