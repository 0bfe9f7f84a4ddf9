using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;

namespace GuestAgent.Linux;

/// <summary>
/// What a process could gain by executing a program: set-user-ID bits and capabilities of files. All of it holds for the
/// calling thread and what it starts, and none can be taken back.
/// </summary>
/// <remarks>https://man7.org/linux/man-pages/man7/capabilities.7.html</remarks>
internal static unsafe class Privileges
{
    private const uint Version3 = 0x20080522; // _LINUX_CAPABILITY_VERSION_3: sets of 64 bits
    private const int LargestSet = 64;

    /// <summary>
    /// Sets no_new_privs and empties the bounding set and the ambient one; before the user is switched, as it takes
    /// CAP_SETPCAP. Without any capability, as of an agent that is not root, there is no bounding set that would matter.
    /// </summary>
    /// <returns>False with the last error set.</returns>
    public static bool TryGiveUpNewOnes()
    {
        if (NativeMethods.prctl(NativeMethods.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        {
            return false;
        }

        // EINVAL before Linux 4.3, which has no such set.
        _ = NativeMethods.prctl(NativeMethods.PR_CAP_AMBIENT, NativeMethods.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        for (int capability = 0; capability < LargestSet; capability++)
        {
            int held = NativeMethods.prctl(NativeMethods.PR_CAPBSET_READ, capability, 0, 0, 0);
            if (held < 0)
            {
                // Beyond the last one that the kernel knows.
                break;
            }

            if (held == 1
                && NativeMethods.prctl(NativeMethods.PR_CAPBSET_DROP, capability, 0, 0, 0) != 0
                && (LibC.geteuid() == 0 || Marshal.GetLastPInvokeError() != Errno.EPERM))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Empties the permitted, the effective and the inheritable set.</summary>
    /// <returns>False with the last error set.</returns>
    public static bool TryGiveUpAll()
    {
        uint* header = stackalloc uint[] { Version3, 0 };
        // Two times effective, permitted and inheritable.
        uint* sets = stackalloc uint[6];
        new Span<uint>(sets, 6).Clear();
        // SAFETY: both have the sizes of version 3; pid 0 is the calling thread.
        return NativeMethods.capset(header, sets) == 0;
    }
}
