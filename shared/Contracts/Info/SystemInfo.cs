namespace GuestAgent.Contracts.Info;

/// <summary>Result of <c>get_system_info</c>.</summary>
/// <param name="OsType">Always <c>linux</c>.</param>
/// <param name="OsName">Name of the distribution (<c>NAME</c> of os-release(5)); <c>Linux</c> where there is none.</param>
/// <param name="OsVersion">Its version (<c>VERSION_ID</c>); empty where it has none, as a rolling distribution.</param>
/// <param name="KernelVersion">Release of the kernel, as uname(2) tells it.</param>
/// <param name="Hostname">The guest's name, as uname(2) tells it.</param>
/// <param name="Architecture">The machine, as uname(2) tells it, such as <c>x86_64</c>.</param>
/// <param name="CpuCount">Processors that are online.</param>
/// <param name="TotalMemoryKb">Memory that the kernel manages, KiB.</param>
/// <param name="UptimeSeconds">Seconds since boot, suspended time included.</param>
/// <param name="OsId">The distribution in one word for programs (<c>ID</c>), or null.</param>
/// <param name="OsPrettyName">Name and version for people (<c>PRETTY_NAME</c>), or null.</param>
/// <param name="MachineId">machine-id(5), or null where the guest has none yet.</param>
/// <param name="BootId">The kernel's boot id: another value means that the guest was rebooted.</param>
/// <param name="Virtualization">
/// What it runs on in one word, as systemd-detect-virt(1) spells it (<c>kvm</c>, <c>qemu</c>, <c>vmware</c>, …);
/// <c>vm-other</c> for a hypervisor that tells no name, null where none shows.
/// </param>
/// <param name="LoadAverage">Load over 1, 5 and 15 minutes.</param>
/// <param name="AvailableMemoryKb">Memory that programs could still get without swapping, KiB.</param>
/// <param name="SwapTotalKb">Swap space, KiB.</param>
/// <param name="SwapFreeKb">Swap space that is not used, KiB.</param>
/// <param name="Timezone">Name of the time zone, such as <c>Europe/Berlin</c>, or null where none is set by name.</param>
/// <param name="UtcOffsetSeconds">Seconds that local time is ahead of UTC at this moment.</param>
/// <param name="Users">Who is logged in.</param>
public sealed record SystemInfo(
    string OsType,
    string OsName,
    string OsVersion,
    string KernelVersion,
    string Hostname,
    string Architecture,
    int CpuCount,
    long TotalMemoryKb,
    long UptimeSeconds,
    string? OsId,
    string? OsPrettyName,
    string? MachineId,
    string BootId,
    string? Virtualization,
    IReadOnlyList<double> LoadAverage,
    long AvailableMemoryKb,
    long SwapTotalKb,
    long SwapFreeKb,
    string? Timezone,
    int UtcOffsetSeconds,
    IReadOnlyList<UserSession> Users);
