using System.Globalization;
using System.Runtime.InteropServices;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Native;
using GuestAgent.Linux.Time;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace GuestAgent.Linux.Io;

/// <summary>
/// A descriptor seen as /proc/self/fd/N: the way to ask where a file is, and to open once more what O_PATH has only
/// located, without ever looking up its name again. See proc_pid_fd(5).
/// </summary>
internal static unsafe class ProcDescriptor
{
    // d_path() of the kernel fills at most a page.
    private const int PathBytes = 4096;

    /// <summary>The name of a descriptor of the process that uses it.</summary>
    public static string NameOf(int descriptor) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}");

    /// <summary>Where the file is, as the kernel says; null when it does not say, or the path is too long for it.</summary>
    public static byte[]? ReadPath(SafeHandle file)
    {
        byte* name = stackalloc byte[DescriptorName.MaxBytes];
        byte* buffer = stackalloc byte[PathBytes];
        using var held = new DescriptorName(file, name);
        // SAFETY: the kernel writes at most the size, without a NUL.
        long count = LibC.readlink(name, buffer, PathBytes);
        return count is > 0 and < PathBytes ? new Span<byte>(buffer, (int)count).ToArray() : null;
    }

    /// <summary>Opens the very same file again; O_CLOEXEC is added to <paramref name="flags"/>.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static SafeFileHandle Reopen(SafeHandle file, int flags)
    {
        byte* name = stackalloc byte[DescriptorName.MaxBytes];
        using var held = new DescriptorName(file, name);
        // SAFETY: the name ends with a NUL.
        return NativeMethods.open(name, flags | LibC.O_CLOEXEC, 0).OrThrow("open");
    }

    /// <summary>Sets permissions.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static void ChangeMode(SafeHandle file, uint mode)
    {
        if (!TryChangeMode(file, mode))
        {
            throw LinuxException.FromLastError("chmod");
        }
    }

    /// <summary>Sets permissions, also of what O_PATH has only located.</summary>
    /// <returns>False with the last error set.</returns>
    public static bool TryChangeMode(SafeHandle file, uint mode)
    {
        byte* name = stackalloc byte[DescriptorName.MaxBytes];
        using var held = new DescriptorName(file, name);
        // SAFETY: the name ends with a NUL.
        return LibC.chmod(name, (ushort)mode) == 0;
    }

    /// <summary>Sets the time of the last change; that of the last read stays.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static void SetModified(SafeHandle file, FileTime time)
    {
        byte* name = stackalloc byte[DescriptorName.MaxBytes];
        timespec* times = stackalloc timespec[2];
        using var held = new DescriptorName(file, name);
        times[0] = new timespec { tv_nsec = LibC.UTIME_OMIT };
        times[1] = new timespec { tv_sec = time.Seconds, tv_nsec = (long_t)(long)time.Nanoseconds };
        // SAFETY: the name ends with a NUL; the kernel reads two times.
        if (LibC.utimensat(LibC.AT_FDCWD, name, times, 0) != 0)
        {
            throw LinuxException.FromLastError("utimensat");
        }
    }

    /// <summary>Gives an open file that has no name a name, which must be free.</summary>
    /// <returns>0 or the error number.</returns>
    public static int TryLink(SafeHandle file, SafeHandle directory, FileName newName)
    {
        byte* name = stackalloc byte[DescriptorName.MaxBytes];
        using var held = new DescriptorName(file, name);
        fixed (byte* pinned = newName)
        {
            // SAFETY: both names end with a NUL.
            return NativeMethods.linkat(LibC.AT_FDCWD, name, directory, pinned, LibC.AT_SYMLINK_FOLLOW) == 0
                ? 0
                : Marshal.GetLastPInvokeError();
        }
    }
}
