using GuestAgent.Linux.Native;
using GuestAgent.Linux.Time;
using GuestAgent.Machine;
using GuestAgent.Network;
using GuestAgent.Processes;
using GuestAgent.Storage;

namespace GuestAgent.Telemetry;

/// <summary>All counters at one moment; two of them make a report.</summary>
/// <param name="BootMs">The moment, milliseconds since boot.</param>
/// <param name="UnixMs">The moment on the wall clock.</param>
/// <param name="Kernel">Processors and threads.</param>
/// <param name="Memory">Memory and swap space.</param>
/// <param name="Load">Load over 1, 5 and 15 minutes.</param>
/// <param name="Disks">Block devices.</param>
/// <param name="Links">Network interfaces.</param>
/// <param name="Processes">How many processes there are.</param>
internal sealed record TelemetrySample(
    long BootMs,
    long UnixMs,
    KernelCounters Kernel,
    MemoryFacts Memory,
    IReadOnlyList<double> Load,
    IReadOnlyList<DiskCounters> Disks,
    IReadOnlyList<LinkMessage> Links,
    int Processes)
{
    /// <summary>Processors that the guest does not use, by number.</summary>
    public IReadOnlyList<int> Offline { get; init; } = [];

    /// <summary>Asks the kernel.</summary>
    public static TelemetrySample Read() => new(
        SystemClock.BootMilliseconds,
        SystemClock.UnixMilliseconds,
        KernelCounters.Read(),
        MemoryFacts.Read(),
        LoadAverage.Read(),
        DiskCounters.Read(),
        ReadLinks(),
        ProcessNumbers.Read().Count)
    {
        Offline = OfflineProcessors.Read(),
    };

    private static IReadOnlyList<LinkMessage> ReadLinks()
    {
        try
        {
            return NetworkReader.ReadLinks();
        }
        catch (LinuxException)
        {
            // A guest without a network, or short of descriptors: the rest is still worth telling.
            return [];
        }
    }
}
