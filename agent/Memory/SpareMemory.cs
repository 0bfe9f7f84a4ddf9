using GuestAgent.Buffers;
using GuestAgent.Linux;

namespace GuestAgent.Memory;

/// <summary>
/// Gives memory back to the guest that the agent does not need any more: after the start, and some time after long
/// messages. An idle agent is what most guests have.
/// </summary>
internal static class SpareMemory
{
    /// <summary>Gives back what the start has needed, and from now on what long messages have needed.</summary>
    public static void GiveBackFromNowOn()
    {
        MessageMemory.Forgotten = GiveBack;
        GiveBack();
    }

    // Lets the kernel have the pages, of the heap and of code that only the start needed.
    private static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ProgramText.Unmap();
    }
}
