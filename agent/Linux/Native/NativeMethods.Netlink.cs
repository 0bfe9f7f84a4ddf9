using System.Runtime.InteropServices;

#pragma warning disable CS8981 // Structures keep the kernel's names.

namespace GuestAgent.Linux.Native;

/// <content>Netlink sockets.</content>
internal static unsafe partial class NativeMethods
{
    public const int NETLINK_ROUTE = 0;

    /// <summary>https://man7.org/linux/man-pages/man2/recvfrom.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recvfrom(
        SafeHandle socket, byte* buffer, nint count, int flags, sockaddr_nl* address, uint* size);

    /// <summary>https://man7.org/linux/man-pages/man3/inet_ntop.3.html</summary>
    [LibraryImport("libc")]
    internal static partial byte* inet_ntop(int family, byte* source, byte* target, uint size);

    /// <summary>https://man7.org/linux/man-pages/man7/netlink.7.html</summary>
    internal struct sockaddr_nl
    {
        public ushort nl_family;
        public ushort nl_pad;
        public uint nl_pid;
        public uint nl_groups;
    }
}
