using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

#pragma warning disable CS8981 // Structures keep the kernel's names.

namespace GuestAgent.Linux.Native;

/// <content>What a process gives up before it becomes a program: namespaces, privileges, files.</content>
internal static unsafe partial class NativeMethods
{
    public const int PR_SET_DUMPABLE = 4;
    public const int PR_CAPBSET_READ = 23;
    public const int PR_CAPBSET_DROP = 24;
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int PR_CAP_AMBIENT = 47;
    public const int PR_CAP_AMBIENT_CLEAR_ALL = 4;

    public const int OPEN_TREE_CLONE = 1;
    public const uint MOVE_MOUNT_F_EMPTY_PATH = 4;
    public const uint MOVE_MOUNT_T_EMPTY_PATH = 0x40;

    public const uint FSOPEN_CLOEXEC = 1;
    public const uint FSCONFIG_SET_STRING = 1;
    public const uint FSCONFIG_CMD_CREATE = 6;
    public const uint FSMOUNT_CLOEXEC = 1;
    public const uint MOUNT_ATTR_NOSUID = 2;
    public const uint MOUNT_ATTR_NODEV = 4;

    public const int KEYCTL_JOIN_SESSION_KEYRING = 1;

    public const int LANDLOCK_CREATE_RULESET_VERSION = 1;
    public const int LANDLOCK_RULE_PATH_BENEATH = 1;

    public const int RLIMIT_NPROC = 6;

    public const uint FS_APPEND_FL = 0x20;
    public const uint FS_IMMUTABLE_FL = 0x10;

    // include/uapi/asm-generic/unistd.h: newer than 2018, the same on every architecture.
    private const nint SYS_open_tree = 428;
    private const nint SYS_move_mount = 429;
    private const nint SYS_fsopen = 430;
    private const nint SYS_fsconfig = 431;
    private const nint SYS_fsmount = 432;
    private const nint SYS_landlock_create_ruleset = 444;
    private const nint SYS_landlock_add_rule = 445;
    private const nint SYS_landlock_restrict_self = 446;

    // arch/x86/entry/syscalls/syscall_64.tbl against include/uapi/asm-generic/unistd.h.
    private static readonly nint SYS_keyctl = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 219 : 250;

    // include/uapi/linux/fs.h, for longs of 64 bits.
    private const nuint FS_IOC_GETFLAGS = 0x80086601;
    private const nuint FS_IOC_SETFLAGS = 0x40086602;

    /// <summary>https://man7.org/linux/man-pages/man2/prctl.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int prctl(int option, nint second, nint third, nint fourth, nint fifth);

    /// <summary>https://man7.org/linux/man-pages/man2/capget.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int capset(uint* header, uint* data);

    /// <summary>https://man7.org/linux/man-pages/man2/setrlimit.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setrlimit(int resource, ulong* limits);

    /// <summary>https://man7.org/linux/man-pages/man2/fchdir.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchdir(SafeHandle directory);

    /// <summary>https://man7.org/linux/man-pages/man2/open_tree.2.html</summary>
    internal static SafeFileHandle open_tree(SafeHandle directory, byte* path, int flags) =>
        new(syscall(SYS_open_tree, directory, (nint)path, (nint)flags, 0, 0), ownsHandle: true);

    /// <summary>https://man7.org/linux/man-pages/man2/move_mount.2.html</summary>
    internal static int move_mount(SafeHandle from, byte* fromPath, SafeHandle to, byte* toPath, uint flags) =>
        (int)syscall(SYS_move_mount, from, (nint)fromPath, to, (nint)toPath, (nint)flags);

    /// <summary>https://man7.org/linux/man-pages/man2/keyctl.2.html</summary>
    internal static int keyctl(int operation, byte* name) => (int)syscall(SYS_keyctl, operation, (nint)name, 0, 0, 0);

    /// <summary>https://man7.org/linux/man-pages/man2/fsopen.2.html</summary>
    internal static SafeFileHandle fsopen(byte* type, uint flags) =>
        new(syscall(SYS_fsopen, (nint)type, (nint)flags, 0, 0, 0), ownsHandle: true);

    /// <summary>https://man7.org/linux/man-pages/man2/fsconfig.2.html</summary>
    internal static int fsconfig(SafeHandle fileSystem, uint command, byte* key, byte* value) =>
        (int)syscall(SYS_fsconfig, fileSystem, (nint)command, (nint)key, (nint)value, 0);

    /// <summary>https://man7.org/linux/man-pages/man2/fsmount.2.html</summary>
    internal static SafeFileHandle fsmount(SafeHandle fileSystem, uint flags, uint attributes) =>
        new(syscall(SYS_fsmount, fileSystem, (nint)flags, (nint)attributes, 0, 0), ownsHandle: true);

    /// <summary>https://man7.org/linux/man-pages/man2/landlock_create_ruleset.2.html</summary>
    internal static nint landlock_create_ruleset(landlock_ruleset_attr* attributes, nuint size, uint flags) =>
        syscall(SYS_landlock_create_ruleset, (nint)attributes, (nint)size, (nint)flags, 0, 0);

    /// <summary>https://man7.org/linux/man-pages/man2/landlock_add_rule.2.html</summary>
    internal static int landlock_add_rule(SafeHandle rules, int type, landlock_path_beneath_attr* rule, uint flags) =>
        (int)syscall(SYS_landlock_add_rule, rules, type, (nint)rule, (nint)flags, 0);

    /// <summary>https://man7.org/linux/man-pages/man2/landlock_restrict_self.2.html</summary>
    internal static int landlock_restrict_self(SafeHandle rules, uint flags) =>
        (int)syscall(SYS_landlock_restrict_self, rules, (nint)flags, 0, 0, 0);

    /// <summary>https://man7.org/linux/man-pages/man2/FS_IOC_SETFLAGS.2const.html</summary>
    internal static int GetInodeFlags(SafeHandle file, out uint flags)
    {
        // The kernel reads and writes an int, whatever the number of the request says.
        int value = 0;
        int result = ioctl(file, FS_IOC_GETFLAGS, &value);
        flags = (uint)value;
        return result;
    }

    /// <summary>https://man7.org/linux/man-pages/man2/FS_IOC_SETFLAGS.2const.html</summary>
    internal static int SetInodeFlags(SafeHandle file, uint flags)
    {
        int value = (int)flags;
        return ioctl(file, FS_IOC_SETFLAGS, &value);
    }

    /// <summary>https://man7.org/linux/man-pages/man2/ioctl.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(SafeHandle descriptor, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(
        nint number, SafeHandle first, nint second, nint third, nint fourth, nint fifth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(
        nint number, SafeHandle first, nint second, SafeHandle third, nint fourth, nint fifth);

    /// <summary>As of Linux 6.12; a shorter one of older kernels is this with zeroes.</summary>
    internal struct landlock_ruleset_attr
    {
        public ulong handled_access_fs;
        public ulong handled_access_net;
        public ulong scoped;
    }

    /// <summary>One tree, and what may be done in it.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct landlock_path_beneath_attr
    {
        public ulong allowed_access;
        public int parent_fd;
    }
}
