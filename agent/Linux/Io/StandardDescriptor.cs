using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;
using Tmds.Linux;

namespace GuestAgent.Linux.Io;

/// <summary>
/// Writes to the descriptors that every process is started with. The framework's console knows terminals, keys and
/// encodings: 60 kB of the program, for lines that are UTF-8 in any case.
/// </summary>
internal static unsafe class StandardDescriptor
{
    /// <summary>Standard output.</summary>
    public const int Output = 1;

    /// <summary>Standard error.</summary>
    public const int Error = 2;

    // For a terminal or pipe that somebody who shares it has made non-blocking, and that is full.
    private const int PatienceMilliseconds = 10_000;

    /// <summary>Writes everything; to a pipe that nobody reads any more, nothing, as that is the reader's wish.</summary>
    /// <exception cref="LinuxException">It cannot be written.</exception>
    public static void Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        using SafeFileHandle handle = new(descriptor, ownsHandle: false);
        fixed (byte* start = bytes)
        {
            for (int written = 0; written < bytes.Length;)
            {
                // SAFETY: the bytes are pinned, and the kernel reads no more than are left.
                nint count = NativeMethods.write(handle, start + written, bytes.Length - written);
                if (count >= 0)
                {
                    written += (int)count;
                }
                else if (!MayTryAgain(descriptor))
                {
                    return;
                }
            }
        }
    }

    // False where nobody is left to read.
    private static bool MayTryAgain(int descriptor)
    {
        int errno = Marshal.GetLastPInvokeError();
        return errno switch
        {
            Errno.EINTR => true,
            Errno.EPIPE => false,
            Errno.EAGAIN when HasRoomSoon(descriptor) => true,
            _ => throw new LinuxException("write", errno),
        };
    }

    private static bool HasRoomSoon(int descriptor)
    {
        pollfd row = new() { fd = descriptor, events = (short)LibC.EPOLLOUT };
        // SAFETY: one row, on the stack.
        return NativeMethods.poll(&row, 1, PatienceMilliseconds) > 0;
    }
}
