using System.Globalization;
using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Io;

/// <summary>Keeps descriptors from passing an exec, also on kernels that cannot do it in one call.</summary>
internal static class InheritedDescriptors
{
    private const string Own = "/proc/self/fd";

    /// <summary>Has this descriptor and all above it closed by the next exec.</summary>
    /// <param name="first">The lowest one.</param>
    /// <returns>False, with the last error set, when one of them could still pass.</returns>
    public static bool TryCloseOnExec(int first) =>
        // CLOSE_RANGE_CLOEXEC is of Linux 5.11, the call itself of 5.9; filters of containers refuse it as well.
        NativeMethods.close_range((uint)first, uint.MaxValue, NativeMethods.CLOSE_RANGE_CLOEXEC) == 0 || TryOneByOne(first);

    private static bool TryOneByOne(int first)
    {
        // Listed before any is changed. The list's own descriptor is among them, and gone by then.
        foreach (string name in Directory.GetFileSystemEntries(Own))
        {
            int number = int.Parse(Path.GetFileName(name.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture);
            using SafeFileHandle descriptor = new(number, ownsHandle: false);
            if (number >= first
                && NativeMethods.fcntl(descriptor, LibC.F_SETFD, LibC.FD_CLOEXEC) < 0
                && Marshal.GetLastPInvokeError() != Errno.EBADF)
            {
                return false;
            }
        }

        return true;
    }
}
