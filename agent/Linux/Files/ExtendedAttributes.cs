using System.Runtime.InteropServices;
using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Files;

/// <summary>Extended attributes of files that are held open, xattr(7).</summary>
internal static unsafe class ExtendedAttributes
{
    /// <summary>The names of a file's attributes, each ended by a NUL; empty where the file system has none.</summary>
    /// <param name="file">The file, opened in any way.</param>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public static byte[] Names(SafeHandle file)
    {
        byte* path = stackalloc byte[DescriptorName.MaxBytes];
        using var held = new DescriptorName(file, path);
        // SAFETY: the path ends with a NUL; a size of 0 asks for the length alone, which is 64 KiB at most.
        nint length = NativeMethods.listxattr(path, null, 0);
        byte[] names = new byte[Math.Max(length, 0)];
        if (length > 0)
        {
            fixed (byte* list = names)
            {
                // SAFETY: the kernel writes at most the size.
                length = NativeMethods.listxattr(path, list, (nuint)names.Length);
            }
        }

        return Content(names, length, "listxattr") ?? [];
    }

    /// <summary>The value of an attribute; null when the file has none of that name.</summary>
    /// <param name="file">The file, opened in any way.</param>
    /// <param name="name">The attribute, ended by a NUL.</param>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public static byte[]? Read(SafeHandle file, ReadOnlySpan<byte> name)
    {
        byte* path = stackalloc byte[DescriptorName.MaxBytes];
        using var held = new DescriptorName(file, path);
        fixed (byte* attribute = name)
        {
            // SAFETY: both names end with a NUL; a size of 0 asks for the length alone, which is 64 KiB at most.
            nint length = NativeMethods.getxattr(path, attribute, null, 0);
            byte[] value = new byte[Math.Max(length, 0)];
            if (length > 0)
            {
                fixed (byte* buffer = value)
                {
                    // SAFETY: the kernel writes at most the size.
                    length = NativeMethods.getxattr(path, attribute, buffer, (nuint)value.Length);
                }
            }

            return Content(value, length, "getxattr");
        }
    }

    /// <summary>Sets an attribute.</summary>
    /// <param name="file">The file, open for reading or writing.</param>
    /// <param name="name">The attribute, ended by a NUL.</param>
    /// <param name="value">Its value.</param>
    /// <returns>0 or the error number.</returns>
    public static int TrySet(SafeFileHandle file, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        fixed (byte* attribute = name)
        fixed (byte* content = value)
        {
            // SAFETY: the name ends with a NUL; the kernel reads the size.
            return Result(NativeMethods.fsetxattr(file, attribute, content, (nuint)value.Length, 0));
        }
    }

    /// <summary>Removes an attribute.</summary>
    /// <param name="file">The file, open for reading or writing.</param>
    /// <param name="name">The attribute, ended by a NUL.</param>
    /// <returns>0, also when there is none, or the error number.</returns>
    public static int TryRemove(SafeFileHandle file, ReadOnlySpan<byte> name)
    {
        fixed (byte* attribute = name)
        {
            // SAFETY: the name ends with a NUL.
            return Result(NativeMethods.fremovexattr(file, attribute)) is var errno and not (Errno.ENODATA or Errno.EOPNOTSUPP)
                ? errno
                : 0;
        }
    }

    // One that has grown in between is an error, ERANGE, and not cut.
    private static byte[]? Content(byte[] buffer, nint length, string action) =>
        length == buffer.Length ? buffer
        : length >= 0 ? buffer[..(int)length]
        : Marshal.GetLastPInvokeError() is Errno.ENODATA or Errno.EOPNOTSUPP or Errno.ENOSYS ? null
        : throw LinuxException.FromLastError(action);

    private static int Result(int result) => result == 0 ? 0 : Marshal.GetLastPInvokeError();
}
