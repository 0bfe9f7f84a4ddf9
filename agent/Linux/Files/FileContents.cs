using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;

namespace GuestAgent.Linux.Files;

/// <summary>What is done with an open file on the way to its content and its attributes.</summary>
internal static unsafe class FileContents
{
    /// <summary>Writes all bytes at an offset.</summary>
    /// <exception cref="LinuxException">Not all could be written; some may have been.</exception>
    public static void WriteAt(this SafeHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* pinned = bytes)
        {
            for (int written = 0; written < bytes.Length;)
            {
                // SAFETY: what is left of the span is pinned.
                nint count = NativeMethods.pwrite(file, pinned + written, bytes.Length - written, offset + written);
                written += Progress(count);
            }
        }
    }

    /// <summary>Writes all bytes to where the file is: its end, for one that was opened with O_APPEND.</summary>
    /// <exception cref="LinuxException">Not all could be written; some may have been.</exception>
    public static void WriteAll(this SafeHandle file, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pinned = bytes)
        {
            for (int written = 0; written < bytes.Length;)
            {
                // SAFETY: what is left of the span is pinned.
                written += Progress(NativeMethods.write(file, pinned + written, bytes.Length - written));
            }
        }
    }

    /// <summary>Sets aside room on the disk; does nothing where the file system cannot.</summary>
    /// <exception cref="LinuxException">There is not as much room.</exception>
    public static void Reserve(this SafeHandle file, long bytes)
    {
        if (bytes > 0 && NativeMethods.fallocate(file, LibC.FALLOC_FL_KEEP_SIZE, 0, bytes) != 0
            && Marshal.GetLastPInvokeError() is not (Errno.EOPNOTSUPP or Errno.ENOSYS))
        {
            throw LinuxException.FromLastError("fallocate");
        }
    }

    /// <summary>Cuts the file off behind a length.</summary>
    /// <returns>0 or the error number.</returns>
    public static int TryTruncate(this SafeHandle file, long length) =>
        NativeMethods.ftruncate(file, length) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Waits until the content is on the disk.</summary>
    /// <exception cref="LinuxException">It did not get there.</exception>
    public static void SyncData(this SafeHandle file) => Check(NativeMethods.fdatasync(file), "fdatasync");

    /// <summary>Waits until the names in a directory are on the disk.</summary>
    /// <exception cref="LinuxException">They did not get there.</exception>
    public static void SyncNames(this SafeHandle directory)
    {
        // Some file systems have nothing to do for a directory and say so.
        if (NativeMethods.fsync(directory) != 0 && Marshal.GetLastPInvokeError() is not (Errno.EINVAL or Errno.EROFS))
        {
            throw LinuxException.FromLastError("fsync");
        }
    }

    /// <summary>Sets permissions exactly, whatever the umask is.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static void ChangeMode(this SafeHandle file, uint mode) => Check(NativeMethods.fchmod(file, mode), "chmod");

    /// <summary>Sets owner and group.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static void ChangeOwner(this SafeHandle file, uint user, uint group) =>
        Check(NativeMethods.fchown(file, user, group), "chown");

    private static int Progress(nint count) =>
        count >= 0 ? (int)count
        : Marshal.GetLastPInvokeError() == Errno.EINTR ? 0
        : throw LinuxException.FromLastError("write");

    private static void Check(int result, string action)
    {
        if (result != 0)
        {
            throw LinuxException.FromLastError(action);
        }
    }
}
