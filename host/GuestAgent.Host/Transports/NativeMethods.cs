using System.Runtime.InteropServices;

// Every P/Invoke of this assembly names its library in full and takes only blittable arguments and handles.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

#pragma warning disable CS8981 // Structures keep the kernel's names.

namespace GuestAgent.Host.Transports;

/// <summary>
/// The few calls of the C library for the one socket family that .NET does not know, vsock(7), and for sockets that are read by
/// waiting for them.
/// </summary>
internal static unsafe partial class NativeMethods
{
    public const int SO_VM_SOCKETS_BUFFER_SIZE = 0;
    public const int SO_VM_SOCKETS_BUFFER_MAX_SIZE = 2;

    // Constants for the sake of patterns; Tmds.LibC has properties.
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int ENODEV = 19;
    public const int EAFNOSUPPORT = 97;
    public const int ECONNABORTED = 103;
    public const int ECONNRESET = 104;
    public const int ETIMEDOUT = 110;
    public const int ECONNREFUSED = 111;

    /// <summary>https://man7.org/linux/man-pages/man2/connect.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int connect(SafeHandle socket, sockaddr_vm* address, uint size);

    /// <summary>https://man7.org/linux/man-pages/man2/connect.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int connect(SafeHandle socket, byte* address, uint size);

    /// <summary>https://man7.org/linux/man-pages/man2/recv.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recv(SafeHandle socket, byte* bytes, nuint count, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/send.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(SafeHandle socket, byte* bytes, nuint count, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/setsockopt.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(SafeHandle socket, int level, int option, void* value, uint size);

    /// <summary>https://man7.org/linux/man-pages/man2/bind.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(SafeHandle socket, sockaddr_vm* address, uint size);

    /// <summary>https://man7.org/linux/man-pages/man2/listen.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int listen(SafeHandle socket, int backlog);

    /// <summary>https://man7.org/linux/man-pages/man2/accept.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int accept4(SafeHandle socket, sockaddr_vm* address, uint* size, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/write.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(SafeHandle descriptor, void* bytes, nuint count);

    /// <summary>https://man7.org/linux/man-pages/man7/vsock.7.html</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    internal struct sockaddr_vm
    {
        [FieldOffset(0)] public ushort svm_family;
        [FieldOffset(4)] public uint svm_port;
        [FieldOffset(8)] public uint svm_cid;
    }
}
