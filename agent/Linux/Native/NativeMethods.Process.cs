using System.Runtime.InteropServices;

#pragma warning disable CS8981 // Structures keep the kernel's names.

namespace GuestAgent.Linux.Native;

/// <content>Starting processes, signalling them and learning how they ended.</content>
internal static unsafe partial class NativeMethods
{
    public const short POSIX_SPAWN_SETSIGDEF = 0x04;
    public const short POSIX_SPAWN_SETSIGMASK = 0x08;
    public const short POSIX_SPAWN_SETSID = 0x80;

    public const int P_ALL = 0;
    public const int P_PID = 1;
    public const int WNOHANG = 1;
    public const int WEXITED = 4;
    public const int WNOWAIT = 0x01000000;

    // include/uapi/asm-generic/unistd.h and arch/x86/entry/syscalls/syscall_64.tbl
    private static readonly nint SYS_waitid = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 95 : 247;

    /// <summary>https://man7.org/linux/man-pages/man3/posix_spawn.3.html (returns the error number)</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawn(
        int* pid, byte* path, void* fileActions, void* attributes, byte** argv, byte** envp);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawnattr_setsigmask(void* attributes, void* signals);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawn_file_actions_adddup2(void* actions, int descriptor, int target);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawn_file_actions_addopen(
        void* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawn_file_actions_addfchdir_np(void* actions, int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int posix_spawn_file_actions_addclosefrom_np(void* actions, int first);

    /// <summary>https://man7.org/linux/man-pages/man2/pidfd_open.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial Microsoft.Win32.SafeHandles.SafeFileHandle pidfd_open(int pid, uint flags);

    /// <summary>https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pidfd_send_signal(SafeHandle pidfd, int signal, void* info, uint flags);

    /// <summary>
    /// https://man7.org/linux/man-pages/man2/waitid.2.html; the system call itself, as only it hands out the rusage.
    /// </summary>
    internal static int waitid(int idType, int id, siginfo_t* info, int options, rusage* usage) =>
        (int)syscall(SYS_waitid, idType, id, info, options, usage);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(
        nint number, nint idType, nint id, siginfo_t* info, nint options, rusage* usage);

    /// <summary>The SIGCHLD view of the union, in the layout of 64-bit architectures.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct siginfo_t
    {
        [FieldOffset(8)] public int si_code;
        [FieldOffset(16)] public int si_pid;
        [FieldOffset(24)] public int si_status;
    }

    /// <summary>https://man7.org/linux/man-pages/man2/getrusage.2.html, as far as it is used.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 144)]
    internal struct rusage
    {
        [FieldOffset(0)] public long ru_utime_sec;
        [FieldOffset(8)] public long ru_utime_usec;
        [FieldOffset(16)] public long ru_stime_sec;
        [FieldOffset(24)] public long ru_stime_usec;
    }
}
