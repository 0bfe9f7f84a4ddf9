using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

// Every P/Invoke of this assembly names its library in full and takes only blittable arguments and handles.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace GuestAgent.Cli.Linux;

/// <summary>
/// The C library, in the kernel's own spelling: what .NET has no call for, which is files by a directory's descriptor and
/// the modes of a terminal. Callers look at the result and at <see cref="Marshal.GetLastPInvokeError"/>.
/// </summary>
internal static unsafe partial class LibC
{
    /// <summary>Instead of a directory: relative paths begin at the working directory.</summary>
    public const int AT_FDCWD = -100;

    /// <summary>The link itself, not what it leads to.</summary>
    public const int AT_SYMLINK_NOFOLLOW = 0x100;

    /// <summary>The descriptor itself, with an empty path.</summary>
    public const int AT_EMPTY_PATH = 0x1000;

    /// <summary>For reading.</summary>
    public const int O_RDONLY = 0;

    /// <summary>For writing.</summary>
    public const int O_WRONLY = 1;

    /// <summary>Make the file.</summary>
    public const int O_CREAT = 0x40;

    /// <summary>Only if there is none.</summary>
    public const int O_EXCL = 0x80;

    /// <summary>Do not wait, and do not let a device or pipe make us wait.</summary>
    public const int O_NONBLOCK = 0x800;

    /// <summary>Not for programs that we start.</summary>
    public const int O_CLOEXEC = 0x80000;

    /// <summary>Line by line, and keys of that.</summary>
    public const uint ICANON = 2;

    /// <summary>Keys are shown.</summary>
    public const uint ECHO = 8;

    /// <summary>Modes change at once.</summary>
    public const int TCSANOW = 0;

    /// <summary>Asks how large a terminal is.</summary>
    public const uint TIOCGWINSZ = 0x5413;

    // These two have other numbers on 64-bit Arm than on x86.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>Only a directory.</summary>
    public static int O_DIRECTORY => IsArm ? 0x4000 : 0x10000;

    /// <summary>Not through a symbolic link as the last component.</summary>
    public static int O_NOFOLLOW => IsArm ? 0x8000 : 0x20000;

    // https://man7.org/linux/man-pages/man2/open.2.html
    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle OpenAt(int directory, string path, int flags, uint mode);

    // https://man7.org/linux/man-pages/man2/open.2.html
    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle OpenAt(SafeFileHandle directory, string path, int flags, uint mode);

    // https://man7.org/linux/man-pages/man2/mkdir.2.html
    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MkdirAt(SafeFileHandle directory, string path, uint mode);

    // https://man7.org/linux/man-pages/man2/rename.2.html
    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameAt(
        SafeFileHandle oldDirectory, string oldPath, SafeFileHandle newDirectory, string newPath);

    // https://man7.org/linux/man-pages/man2/unlink.2.html
    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int UnlinkAt(SafeFileHandle directory, string path, int flags);

    // https://man7.org/linux/man-pages/man2/statx.2.html
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statx(int directory, string path, int flags, uint mask, out StatxBuffer buffer);

    // https://man7.org/linux/man-pages/man2/statx.2.html
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statx(SafeFileHandle directory, string path, int flags, uint mask, out StatxBuffer buffer);

    // https://man7.org/linux/man-pages/man3/termios.3.html
    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int TcGetAttr(int fd, out TerminalModes modes);

    // https://man7.org/linux/man-pages/man3/termios.3.html
    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int TcSetAttr(int fd, int actions, in TerminalModes modes);

    // https://man7.org/linux/man-pages/man2/TIOCGWINSZ.2const.html
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int IoCtl(int fd, nuint request, out WindowSize size);

    /// <summary><c>struct winsize</c>.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 8)]
    internal struct WindowSize
    {
        /// <summary>Lines.</summary>
        public ushort Rows;

        /// <summary>Cells of a line.</summary>
        public ushort Columns;
    }

    /// <summary><c>struct statx</c>, as far as it is read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatxBuffer
    {
        /// <summary>Type and permission bits.</summary>
        [FieldOffset(28)]
        public ushort Mode;

        /// <summary>Size in bytes.</summary>
        [FieldOffset(40)]
        public ulong Size;
    }

    /// <summary><c>struct termios</c> of Linux, as far as it is changed.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    internal struct TerminalModes
    {
        /// <summary>What the terminal does with input.</summary>
        [FieldOffset(12)]
        public uint LocalFlags;
    }
}
