using System.Runtime.InteropServices;

#pragma warning disable CA1064 // A program has no other assembly that could catch it.

namespace GuestAgent.Linux.Native;

/// <summary>A system call that failed: what was attempted and the kernel's error number.</summary>
/// <param name="action">What was attempted, such as <c>open /dev/vport0p1</c>.</param>
/// <param name="errno">The kernel's error number.</param>
internal sealed class LinuxException(string action, int errno)
    : Exception($"{action}: {Linux.Native.Errno.Describe(errno)} ({Linux.Native.Errno.Name(errno)})")
{
    /// <summary>What was attempted.</summary>
    public string Action { get; } = action;

    /// <summary>The kernel's error number.</summary>
    public int Errno { get; } = errno;

    /// <summary>The failure of the call just made, whose errno the marshalling stub has kept.</summary>
    /// <param name="action">What was attempted.</param>
    public static LinuxException FromLastError(string action) => new(action, Marshal.GetLastPInvokeError());
}
