using System.Runtime.InteropServices;

namespace GuestAgent.Linux;

/// <content>Changing the user, and the signal state that an exec would carry over.</content>
internal static unsafe partial class LibC
{
    public const int SIG_SETMASK = 2;
    public const nint SIG_IGN = 1;
    public const uint CLOSE_RANGE_CLOEXEC = 4;

    /// <summary>https://man7.org/linux/man-pages/man2/getuid.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial uint geteuid();

    /// <summary>https://man7.org/linux/man-pages/man2/getgid.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial uint getegid();

    /// <summary>https://man7.org/linux/man-pages/man2/setgroups.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setgroups(nuint count, uint* groups);

    /// <summary>https://man7.org/linux/man-pages/man2/setgid.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setgid(uint gid);

    /// <summary>https://man7.org/linux/man-pages/man2/setuid.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setuid(uint uid);

    /// <summary>https://man7.org/linux/man-pages/man2/sigaction.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sigaction(int signal, void* action, void* former);

    /// <summary>https://man7.org/linux/man-pages/man2/sigprocmask.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sigprocmask(int how, void* set, void* former);

    /// <summary>https://man7.org/linux/man-pages/man2/close_range.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close_range(uint first, uint last, uint flags);
}
