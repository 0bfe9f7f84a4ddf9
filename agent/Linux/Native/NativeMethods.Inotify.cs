using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Native;

/// <content>Changes of files, inotify(7).</content>
internal static unsafe partial class NativeMethods
{
    public const uint IN_ATTRIB = 0x4;
    public const uint IN_CLOSE_WRITE = 0x8;
    public const uint IN_MOVED_FROM = 0x40;
    public const uint IN_MOVED_TO = 0x80;
    public const uint IN_CREATE = 0x100;
    public const uint IN_DELETE = 0x200;
    public const uint IN_DELETE_SELF = 0x400;
    public const uint IN_MOVE_SELF = 0x800;
    public const uint IN_IGNORED = 0x8000;
    public const uint IN_ONLYDIR = 0x1000000;

    /// <summary>https://man7.org/linux/man-pages/man2/inotify_init.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle inotify_init1(int flags);

    /// <summary>https://man7.org/linux/man-pages/man2/inotify_add_watch.2.html</summary>
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int inotify_add_watch(SafeHandle inotify, string path, uint mask);
}
