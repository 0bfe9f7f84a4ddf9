namespace GuestAgent;

/// <summary>Gives the memory that only the start has used back to the guest: an idle agent is what most guests have.</summary>
internal static class StartupMemory
{
    /// <summary>Collects once, and lets the kernel have the pages.</summary>
    public static void GiveBack() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
