using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

#pragma warning disable CS8981 // Structures keep the kernel's names.

namespace GuestAgent.Linux.Native;

/// <content>Sockets: unix(7) and vsock(7).</content>
internal static unsafe partial class NativeMethods
{
    // include/uapi/linux/vm_sockets.h; the level of these options is the family's number.
    public const int SO_VM_SOCKETS_BUFFER_SIZE = 0;
    public const int SO_VM_SOCKETS_BUFFER_MAX_SIZE = 2;

    /// <summary>https://man7.org/linux/man-pages/man2/socket.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle socket(int family, int type, int protocol);

    /// <summary>https://man7.org/linux/man-pages/man2/bind.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(SafeHandle socket, void* address, uint size);

    /// <summary>https://man7.org/linux/man-pages/man2/listen.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int listen(SafeHandle socket, int backlog);

    /// <summary>https://man7.org/linux/man-pages/man2/accept.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle accept4(SafeHandle socket, void* peer, uint* size, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/getpeername.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getpeername(SafeHandle socket, void* peer, uint* size);

    /// <summary>https://man7.org/linux/man-pages/man2/getsockname.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockname(SafeHandle socket, void* address, uint* size);

    /// <summary>https://man7.org/linux/man-pages/man2/shutdown.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int shutdown(SafeHandle socket, int how);

    /// <summary>https://man7.org/linux/man-pages/man2/connect.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int connect(SafeHandle socket, void* address, uint size);

    /// <summary>https://man7.org/linux/man-pages/man2/send.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(SafeHandle socket, byte* buffer, nuint count, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/sendto.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint sendto(
        SafeHandle socket, byte* buffer, nint count, int flags, void* address, uint size);

    /// <summary>https://man7.org/linux/man-pages/man2/setsockopt.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(SafeHandle socket, int level, int option, void* value, uint size);

    /// <summary>https://man7.org/linux/man-pages/man2/getsockopt.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockopt(SafeHandle socket, int level, int option, void* value, uint* size);

    /// <summary>https://man7.org/linux/man-pages/man7/vsock.7.html</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    internal struct sockaddr_vm
    {
        [FieldOffset(0)] public ushort svm_family;
        [FieldOffset(4)] public uint svm_port;
        [FieldOffset(8)] public uint svm_cid;
    }
}
