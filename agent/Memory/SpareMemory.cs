using GuestAgent.Linux;

namespace GuestAgent.Memory;

/// <summary>
/// Gives memory back to the guest that the agent does not need any more: after the start, and some time after large
/// messages. An idle agent is what most guests have.
/// </summary>
internal static class SpareMemory
{
    // Long enough for a burst to be over, short enough for nobody to miss the memory.
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(3);

    // Started only by large messages, so that an idle agent has no timer.
    private static readonly Timer Later = new(static _ => GiveBack());

    /// <summary>Collects once, and lets the kernel have the pages, of the heap and of code that only the start needed.</summary>
    public static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ProgramText.Unmap();
    }

    /// <summary>Notes that much memory was used just now.</summary>
    public static void GiveBackLater() => Later.Change(Delay, Timeout.InfiniteTimeSpan);
}
