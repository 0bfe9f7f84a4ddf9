using GuestAgent.Buffers;
using GuestAgent.Linux.Files;
using GuestAgent.Linux.Io;

namespace GuestAgent.Memory;

/// <summary>
/// Gives memory back to the guest that the agent does not need any more: when all has been quiet for a moment after the start or
/// after requests that have left something behind, and some time after long messages. An idle agent is what most guests have.
/// </summary>
internal sealed class SpareMemory
{
    // Nobody waits for a reply then, and the start of the guest has other use for the processor than a collection.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    // A heartbeat of a host allocates so much in some ten minutes; what it takes to give it back is milliseconds.
    private const long WorthIt = 1024 * 1024;

    private long _allocated = -WorthIt;

    private SpareMemory()
    {
    }

    /// <summary>Gives back what the start has needed, and from now on what requests and long messages have needed.</summary>
    /// <param name="loop">The loop that sees hosts come and go.</param>
    public static void GiveBackWhenQuiet(EpollLoop loop)
    {
        var memory = new SpareMemory();
        MessageMemory.Forgotten = memory.GiveBack;
        loop.WhenQuiet(Quiet, memory.GiveBackIfWorthIt);
    }

    private void GiveBackIfWorthIt()
    {
        if (GC.GetTotalAllocatedBytes() - Volatile.Read(ref _allocated) >= WorthIt)
        {
            GiveBack();
        }
    }

    // Lets the kernel have the pages, of the heap and of code that only the start needed.
    private void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        ProgramText.Unmap();
        Volatile.Write(ref _allocated, GC.GetTotalAllocatedBytes());
    }
}
