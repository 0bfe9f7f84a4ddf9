using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Io;

/// <summary>Makes pipes of which the agent keeps one end.</summary>
internal static unsafe class Pipe
{
    /// <summary>Both ends close on exec and block.</summary>
    public static (SafeFileHandle Reader, SafeFileHandle Writer) Open()
    {
        int* descriptors = stackalloc int[2];
        // SAFETY: pipe2 writes two descriptors, which the handles own from here on.
        if (LibC.pipe2(descriptors, LibC.O_CLOEXEC) < 0)
        {
            throw LinuxException.FromLastError("pipe2");
        }

        return (new SafeFileHandle(descriptors[0], ownsHandle: true), new SafeFileHandle(descriptors[1], ownsHandle: true));
    }

    /// <summary>
    /// Makes the agent's end non-blocking. The other end is an open file description of its own and keeps blocking, as
    /// programs expect of their standard streams.
    /// </summary>
    public static void SetNonBlocking(SafeHandle end)
    {
        int flags = NativeMethods.fcntl(end, LibC.F_GETFL, 0);
        if (flags < 0 || NativeMethods.fcntl(end, LibC.F_SETFL, flags | LibC.O_NONBLOCK) < 0)
        {
            throw LinuxException.FromLastError("fcntl(F_SETFL)");
        }
    }
}
