using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;

namespace GuestAgent.Linux.Files;

/// <summary>Reads from open files at an offset, which leaves no trace in the descriptor.</summary>
internal static unsafe class FileReading
{
    /// <summary>Reads what one call gives. See pread(2).</summary>
    /// <returns>The number of bytes; 0 at the end.</returns>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static int ReadAt(this SafeHandle file, Span<byte> buffer, long offset)
    {
        // Nothing is behind the last offset that there can be, and asking for it is EINVAL.
        nint length = (nint)Math.Min(buffer.Length, long.MaxValue - offset);
        fixed (byte* pinned = buffer)
        {
            while (true)
            {
                // SAFETY: the buffer is pinned and the kernel writes at most its length.
                nint count = NativeMethods.pread(file, pinned, length, (nint)offset);
                if (count >= 0)
                {
                    return (int)count;
                }

                if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                {
                    throw LinuxException.FromLastError("read");
                }
            }
        }
    }
}
