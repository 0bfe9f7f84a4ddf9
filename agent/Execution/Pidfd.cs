using GuestAgent.Linux.Io;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Execution;

/// <summary>A descriptor for a process, readable from its exit on.</summary>
internal static class Pidfd
{
    /// <summary>
    /// Null where the kernel is older than 5.3, a sandbox forbids the call, descriptors have run out, or the process is
    /// gone: whoever asks has another way.
    /// </summary>
    public static AsyncDescriptor? TryOpen(int pid, EpollLoop loop)
    {
        SafeFileHandle handle = NativeMethods.pidfd_open(pid, 0);
        if (!handle.IsInvalid)
        {
            return new AsyncDescriptor(handle, loop);
        }

        handle.Dispose();
        return null;
    }
}
