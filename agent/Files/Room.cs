using GuestAgent.Linux.Native;

namespace GuestAgent.Files;

/// <summary>Tells a full disk from other failures.</summary>
internal static class Room
{
    /// <summary>True when what failed may succeed once something is removed.</summary>
    public static bool IsMissing(LinuxException e) => e.Errno is Errno.ENOSPC or Errno.EDQUOT;
}
