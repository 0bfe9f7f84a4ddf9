using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace GuestAgent.Linux.Native;

/// <content>Readiness: epoll, eventfd and a single poll.</content>
internal static unsafe partial class NativeMethods
{
    /// <summary>https://man7.org/linux/man-pages/man2/epoll_create.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle epoll_create1(int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/epoll_ctl.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_ctl(SafeHandle epoll, int operation, SafeHandle descriptor, epoll_event* change);

    /// <summary>https://man7.org/linux/man-pages/man2/epoll_wait.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_wait(SafeHandle epoll, epoll_event* events, int maximum, int timeout);

    /// <summary>https://man7.org/linux/man-pages/man2/eventfd.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle eventfd(uint initial, int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/poll.2.html (Tmds.LibC's does not keep the error)</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(pollfd* descriptors, nuint count, int timeout);
}
