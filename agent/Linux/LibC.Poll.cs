using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

#pragma warning disable CS8981 // Structures keep the kernel's names.

namespace GuestAgent.Linux;

/// <content>Readiness: epoll, eventfd and a single non-blocking poll.</content>
internal static unsafe partial class LibC
{
    public const int EPOLL_CLOEXEC = O_CLOEXEC;
    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;

    public const uint EPOLLIN = 0x1;
    public const uint EPOLLPRI = 0x2;
    public const uint EPOLLOUT = 0x4;
    public const uint EPOLLERR = 0x8;
    public const uint EPOLLHUP = 0x10;
    public const uint EPOLLRDHUP = 0x2000;
    public const uint EPOLLET = 1u << 31;

    public const int EFD_NONBLOCK = O_NONBLOCK;
    public const int EFD_CLOEXEC = O_CLOEXEC;

    /// <summary>https://man7.org/linux/man-pages/man2/epoll_create.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle epoll_create1(int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/epoll_ctl.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_ctl(SafeHandle epoll, int operation, SafeHandle descriptor, byte* epollEvent);

    /// <summary>https://man7.org/linux/man-pages/man2/epoll_wait.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_wait(SafeHandle epoll, byte* events, int maximum, int timeout);

    /// <summary>https://man7.org/linux/man-pages/man2/eventfd.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle eventfd(uint initial, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/poll.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(pollfd* descriptors, nuint count, int timeout);

    /// <summary>One row of poll(2); its event bits are those of epoll.</summary>
    internal struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }
}
