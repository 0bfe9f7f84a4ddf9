using GuestAgent.Linux.Files;

namespace GuestAgent.Linux;

/// <summary>The names that tell one guest, and one boot of it, from another.</summary>
internal static class MachineIds
{
    private const int MachineIdLength = 32;

    /// <summary>The kernel's boot id, random(4); the same from boot to shutdown.</summary>
    public static string BootId { get; } = SmallFile.TryReadLine("/proc/sys/kernel/random/boot_id") ?? "";

    /// <summary>machine-id(5); null where the guest has none, or not yet.</summary>
    public static string? MachineId => ParseMachineId(SmallFile.TryReadLine("/etc/machine-id"));

    /// <summary>Null for what is no id, as the word that systemd leaves in an image before its first boot.</summary>
    public static string? ParseMachineId(string? line) =>
        line is { Length: MachineIdLength } && line.All(char.IsAsciiHexDigit) ? line : null;
}
