using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>
/// A mount that is nowhere yet, and then on a directory that is held open: no path is looked up on the way, so that nobody
/// can put a link where it goes.
/// </summary>
/// <remarks>https://man7.org/linux/man-pages/man2/move_mount.2.html, https://man7.org/linux/man-pages/man2/fsmount.2.html</remarks>
/// <param name="root">Its root; owned from here on.</param>
internal sealed unsafe class DetachedMount(SafeFileHandle root) : IDisposable
{
    /// <summary>Its root, also when it is attached.</summary>
    public SafeFileHandle Root => root;

    /// <summary>A second mount of a directory and what is below; its root is invalid where there can be none.</summary>
    public static DetachedMount Of(SafeHandle directory)
    {
        byte nothing = 0;
        // SAFETY: an empty path stands for the descriptor.
        return new DetachedMount(
            NativeMethods.open_tree(directory, &nothing, NativeMethods.OPEN_TREE_CLONE | LibC.AT_EMPTY_PATH | LibC.O_CLOEXEC));
    }

    /// <summary>An empty file system in memory that is root's and has room for mount points and nothing else.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static DetachedMount Cover()
    {
        fixed (byte* type = "tmpfs\0"u8)
        {
            // SAFETY: the name ends with a NUL.
            using SafeFileHandle made = NativeMethods.fsopen(type, NativeMethods.FSOPEN_CLOEXEC).OrThrow("fsopen tmpfs");
            Set(made, "mode\0"u8, "0755\0"u8);
            Set(made, "size\0"u8, "64k\0"u8);
            // SAFETY: this command takes no texts.
            return NativeMethods.fsconfig(made, NativeMethods.FSCONFIG_CMD_CREATE, null, null) == 0
                ? new DetachedMount(NativeMethods
                    .fsmount(
                        made, NativeMethods.FSMOUNT_CLOEXEC, NativeMethods.MOUNT_ATTR_NOSUID | NativeMethods.MOUNT_ATTR_NODEV)
                    .OrThrow("fsmount tmpfs"))
                : throw LinuxException.FromLastError("fsconfig tmpfs");
        }
    }

    /// <summary>Mounts it, out of reach of what is mounted in the guest or here afterwards.</summary>
    /// <param name="place">On what: a directory of the calling thread's mount namespace.</param>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public void AttachTo(SafeHandle place)
    {
        byte nothing = 0;
        // SAFETY: empty paths stand for the descriptors.
        const uint Both = NativeMethods.MOVE_MOUNT_F_EMPTY_PATH | NativeMethods.MOVE_MOUNT_T_EMPTY_PATH;
        if (NativeMethods.move_mount(root, &nothing, place, &nothing, Both) != 0)
        {
            throw LinuxException.FromLastError("move_mount");
        }

        // A second mount is still of the peer group of the guest's own: what is mounted on it would be mounted there as well.
        string name = ProcDescriptor.NameOf((int)root.DangerousGetHandle());
        if (NativeMethods.mount("none", name, "none", LibC.MS_REC | LibC.MS_SLAVE, null) != 0)
        {
            throw LinuxException.FromLastError("mount --make-rslave");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => root.Dispose();

    private static void Set(SafeFileHandle made, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* pinnedKey = key)
        fixed (byte* pinnedValue = value)
        {
            // SAFETY: both end with a NUL.
            if (NativeMethods.fsconfig(made, NativeMethods.FSCONFIG_SET_STRING, pinnedKey, pinnedValue) != 0)
            {
                throw LinuxException.FromLastError("fsconfig tmpfs");
            }
        }
    }
}
