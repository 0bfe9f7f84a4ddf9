using System.Runtime.InteropServices;

namespace GuestAgent.Linux;

/// <summary>How much a pipe holds at this moment. See FIONREAD in ioctl_tty(2) and pipe(7).</summary>
internal static partial class AvailableBytes
{
    private const nuint Fionread = 0x541B;

    /// <summary>Bytes that can be read from <paramref name="descriptor"/> without waiting.</summary>
    public static unsafe int In(SafeHandle descriptor)
    {
        int count = 0;
        // SAFETY: FIONREAD writes one int.
        return ioctl(descriptor, Fionread, &count) == 0 ? count : throw LinuxException.FromLastError("ioctl(FIONREAD)");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int ioctl(SafeHandle descriptor, nuint request, int* value);
}
