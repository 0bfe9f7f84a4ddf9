using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace GuestAgent.Cli.Linux;

/// <content>Files by names that are bytes, each ending with a NUL, and their owners and times.</content>
internal static unsafe partial class NativeMethods
{
    // https://man7.org/linux/man-pages/man2/open.2.html
    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    public static partial SafeFileHandle OpenAt(SafeFileHandle directory, byte[] name, int flags, uint mode);

    // https://man7.org/linux/man-pages/man2/fchmod.2.html
    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchmod(SafeHandle file, uint mode);

    // https://man7.org/linux/man-pages/man2/statx.2.html
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static partial int Statx(SafeFileHandle directory, byte[] name, int flags, uint mask, out statx buffer);

    // https://man7.org/linux/man-pages/man2/readlink.2.html
    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkAt(SafeFileHandle directory, byte[] name, byte[] buffer, nuint size);

    // https://man7.org/linux/man-pages/man2/getdents64.2.html (glibc 2.30)
    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    public static partial nint GetDents64(SafeFileHandle directory, byte[] buffer, nuint size);

    // https://man7.org/linux/man-pages/man2/symlink.2.html
    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SymlinkAt(string target, SafeFileHandle directory, string name);

    // https://man7.org/linux/man-pages/man2/chown.2.html
    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwnerAt(SafeFileHandle directory, string name, uint user, uint group, int flags);

    // https://man7.org/linux/man-pages/man2/utimensat.2.html
    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetTimesAt(SafeFileHandle directory, string name, in Times times, int flags);

    // https://man7.org/linux/man-pages/man2/utimensat.2.html
    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    public static partial int SetTimes(SafeFileHandle file, in Times times);

    /// <summary>Two times, as these calls take them: of the last read, and of the last change.</summary>
    internal struct Times
    {
        /// <summary>Of the last read.</summary>
        public timespec Accessed;

        /// <summary>Of the last change.</summary>
        public timespec Modified;
    }
}
