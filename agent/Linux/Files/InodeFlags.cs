using GuestAgent.Linux.Native;
using Microsoft.Win32.SafeHandles;

namespace GuestAgent.Linux.Files;

/// <summary>The attributes of chattr(1) that keep even root from removing a file, or something from a directory.</summary>
internal static class InodeFlags
{
    private const uint Stubborn = NativeMethods.FS_IMMUTABLE_FL | NativeMethods.FS_APPEND_FL;

    /// <summary>Takes them off an open file or directory.</summary>
    /// <returns>True when there were any, and are none now.</returns>
    public static bool TryFree(SafeFileHandle file) =>
        NativeMethods.GetInodeFlags(file, out uint flags) == 0
        && (flags & Stubborn) != 0
        && NativeMethods.SetInodeFlags(file, flags & ~Stubborn) == 0;
}
