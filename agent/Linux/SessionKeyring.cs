using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;

namespace GuestAgent.Linux;

/// <summary>
/// The keyring that a process inherits from whoever started it, and that lets it read the keys in it whatever user it becomes.
/// </summary>
/// <remarks>https://man7.org/linux/man-pages/man7/session-keyring.7.html</remarks>
internal static unsafe class SessionKeyring
{
    /// <summary>Leaves it for an empty one of the calling thread's user.</summary>
    /// <returns>
    /// False with the last error set, as EDQUOT where the user has too many keys. A kernel without keys, and a sandbox that
    /// refuses them to the thread, and so to what it starts, have none to leave.
    /// </returns>
    public static bool TryLeave() =>
        NativeMethods.keyctl(NativeMethods.KEYCTL_JOIN_SESSION_KEYRING, null) >= 0
        || Marshal.GetLastPInvokeError() is Errno.ENOSYS or Errno.EPERM or Errno.EACCES;
}
