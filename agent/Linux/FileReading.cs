using System.Runtime.InteropServices;

namespace GuestAgent.Linux;

/// <summary>Reads from open files at an offset, which leaves no trace in the descriptor.</summary>
internal static unsafe class FileReading
{
    /// <summary>Reads what one call gives. See pread(2).</summary>
    /// <returns>The number of bytes; 0 at the end.</returns>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static int ReadAt(this SafeHandle file, Span<byte> buffer, long offset)
    {
        fixed (byte* pinned = buffer)
        {
            while (true)
            {
                // SAFETY: the buffer is pinned and the kernel writes at most its length.
                nint count = LibC.pread(file, pinned, buffer.Length, (nint)offset);
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
