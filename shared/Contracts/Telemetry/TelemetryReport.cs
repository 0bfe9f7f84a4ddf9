using GuestAgent.Contracts.Info;

namespace GuestAgent.Contracts.Telemetry;

/// <summary>Content of the notification <c>telemetry</c>. Rates and percentages are over the time since the report before.</summary>
/// <param name="TimeMs">The wall clock, milliseconds since the epoch.</param>
/// <param name="UptimeSeconds">Seconds since boot.</param>
/// <param name="LoadAverage">Load over 1, 5 and 15 minutes.</param>
/// <param name="Cpu">What the processors did.</param>
/// <param name="Memory">Memory now.</param>
/// <param name="Swap">Swap space now.</param>
/// <param name="Disks">Block devices that have moved data since boot.</param>
/// <param name="Filesystems">How full the file systems are; one that does not answer is left out.</param>
/// <param name="Interfaces">Network interfaces.</param>
/// <param name="Processes">How many processes there are.</param>
public sealed record TelemetryReport(
    long TimeMs,
    long UptimeSeconds,
    IReadOnlyList<double> LoadAverage,
    CpuActivity Cpu,
    MemoryUsage Memory,
    SwapUsage Swap,
    IReadOnlyList<DiskActivity> Disks,
    IReadOnlyList<FileSystemUsage> Filesystems,
    IReadOnlyList<InterfaceActivity> Interfaces,
    ProcessCounts Processes);

/// <summary>What the processors did, in percent of the time of all of them, with one decimal.</summary>
/// <param name="BusyPercent">All but idle and waiting for disks.</param>
/// <param name="UserPercent">In programs, nice ones included.</param>
/// <param name="SystemPercent">In the kernel, interrupts included.</param>
/// <param name="IowaitPercent">Idle while a disk was busy.</param>
/// <param name="StealPercent">Wanted to run, and the hypervisor ran something else.</param>
/// <param name="PerCpu">Busy in percent of its own time, for each processor that is online.</param>
/// <param name="PerCpuNumbers">Whose these are: the processors' numbers, in the same order. Null from an agent that does not tell.</param>
/// <param name="OfflineCpus">Numbers of the processors that the guest has and does not use. Null likewise.</param>
public sealed record CpuActivity(
    double BusyPercent,
    double UserPercent,
    double SystemPercent,
    double IowaitPercent,
    double StealPercent,
    IReadOnlyList<double> PerCpu,
    IReadOnlyList<int>? PerCpuNumbers = null,
    IReadOnlyList<int>? OfflineCpus = null);

/// <summary>Memory, KiB.</summary>
/// <param name="TotalKb">What the kernel manages.</param>
/// <param name="AvailableKb">What programs could still get without swapping.</param>
/// <param name="FreeKb">What nobody uses.</param>
/// <param name="BuffersKb">Raw blocks that are cached.</param>
/// <param name="CachedKb">Files that are cached.</param>
public sealed record MemoryUsage(long TotalKb, long AvailableKb, long FreeKb, long BuffersKb, long CachedKb);

/// <summary>Swap space, KiB.</summary>
/// <param name="TotalKb">What there is.</param>
/// <param name="FreeKb">What is not used.</param>
public sealed record SwapUsage(long TotalKb, long FreeKb);

/// <summary>What one block device did.</summary>
/// <param name="Name">The kernel's name of the device, such as <c>vda</c>.</param>
/// <param name="ReadBytes">Bytes read since boot.</param>
/// <param name="WrittenBytes">Bytes written since boot.</param>
/// <param name="ReadBytesPerSecond">Rate of reading.</param>
/// <param name="WrittenBytesPerSecond">Rate of writing.</param>
/// <param name="ReadsPerSecond">Requests completed per second, reading.</param>
/// <param name="WritesPerSecond">Requests completed per second, writing.</param>
/// <param name="BusyPercent">Time with a request under way, 0 to 100.</param>
public sealed record DiskActivity(
    string Name,
    long ReadBytes,
    long WrittenBytes,
    double ReadBytesPerSecond,
    double WrittenBytesPerSecond,
    double ReadsPerSecond,
    double WritesPerSecond,
    double BusyPercent);

/// <summary>What one network interface did.</summary>
/// <param name="Name">Its name.</param>
/// <param name="RxBytes">Bytes received since it was made.</param>
/// <param name="TxBytes">Bytes sent since it was made.</param>
/// <param name="RxBytesPerSecond">Rate of receiving.</param>
/// <param name="TxBytesPerSecond">Rate of sending.</param>
/// <param name="RxPacketsPerSecond">Packets received per second.</param>
/// <param name="TxPacketsPerSecond">Packets sent per second.</param>
public sealed record InterfaceActivity(
    string Name,
    long RxBytes,
    long TxBytes,
    double RxBytesPerSecond,
    double TxBytesPerSecond,
    double RxPacketsPerSecond,
    double TxPacketsPerSecond);

/// <summary>How many processes there are.</summary>
/// <param name="Total">All of them, without their further threads.</param>
/// <param name="Running">Threads that run or wait for a processor.</param>
/// <param name="Blocked">Threads that wait for a disk.</param>
public sealed record ProcessCounts(int Total, int Running, int Blocked);
