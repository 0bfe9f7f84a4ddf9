using System.Globalization;
using System.Runtime.InteropServices;
using GuestAgent.Linux.Native;

namespace GuestAgent.Linux;

/// <summary>Ends the whole system, without asking anybody in it. See reboot(2).</summary>
internal static partial class KernelPower
{
    private const int PowerOffCommand = 0x4321FEDC;
    private const int RestartCommand = 0x01234567;

    // capabilities(7)
    private const int CapSysBoot = 22;

    /// <summary>True when the kernel would let this process do it.</summary>
    public static bool IsAllowed
    {
        get
        {
            string? line = File.ReadLines("/proc/self/status")
                .FirstOrDefault(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
            return line is not null
                && ulong.TryParse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong set)
                && (set & (1UL << CapSysBoot)) != 0;
        }
    }

    /// <summary>Writes what is cached of all file systems; may take as long as the slowest disk.</summary>
    public static void Synchronise() => LibC.sync();

    /// <summary>Powers off, now.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static void PowerOff() => Reboot(PowerOffCommand);

    /// <summary>Restarts, now.</summary>
    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static void Restart() => Reboot(RestartCommand);

    private static void Reboot(int command)
    {
        if (reboot(command) < 0)
        {
            throw LinuxException.FromLastError("reboot");
        }
    }

    /// <summary>https://man7.org/linux/man-pages/man2/reboot.2.html</summary>
    [LibraryImport("libc", SetLastError = true)]
    private static partial int reboot(int command);
}
