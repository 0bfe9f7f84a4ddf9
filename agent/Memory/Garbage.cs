namespace GuestAgent.Memory;

/// <summary>
/// Has memory collected that was given back before more is taken. The collector lets garbage grow with what is alive, which
/// is right for a server and not for a bound.
/// </summary>
internal sealed class Garbage
{
    // A collection takes some tenths of a millisecond for each.
    private const long LeastBytes = 4L * 1024 * 1024;
    private const long MostBytes = 16L * 1024 * 1024;
    private const int PartOfPool = 16;

    private readonly Lock _gate = new();
    private long _allocated = GC.GetTotalAllocatedBytes();
    private int _collections = GC.CollectionCount(GC.MaxGeneration);

    /// <summary>Collects what a sixteenth of the pool may have become. Not for small things: it looks at the collector's counters.</summary>
    /// <param name="pool">The pool, bytes.</param>
    /// <param name="used">What is taken of it.</param>
    public void CollectBeforeMore(long pool, long used)
    {
        long most = Math.Clamp(pool / PartOfPool, LeastBytes, MostBytes);
        if (GC.GetTotalAllocatedBytes() - Volatile.Read(ref _allocated) < most)
        {
            return;
        }

        lock (_gate)
        {
            if (GC.CollectionCount(GC.MaxGeneration) == _collections)
            {
                // Where little is left, what is free between what is alive goes back to the guest, too.
                bool isScarce = used > pool / 2;
                GCCollectionMode mode = isScarce ? GCCollectionMode.Aggressive : GCCollectionMode.Forced;
                GC.Collect(GC.MaxGeneration, mode, blocking: true, compacting: isScarce);
            }

            _collections = GC.CollectionCount(GC.MaxGeneration);
            Volatile.Write(ref _allocated, GC.GetTotalAllocatedBytes());
        }
    }
}
