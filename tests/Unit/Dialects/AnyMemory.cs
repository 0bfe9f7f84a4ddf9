using GuestAgent.Dialects.JsonRpc;
using GuestAgent.Memory;

namespace GuestAgent.Tests.Unit.Dialects;

/// <summary>Memory for tests of something else: as much as there is by default.</summary>
internal static class AnyMemory
{
    /// <summary>The share of a connection.</summary>
    public static MemoryShare Share() =>
        new MemoryBudget(() => new MemoryLimits(MemoryLimits.MostByDefault, 1), TimeProvider.System).OpenShare();

    /// <summary>What a call takes.</summary>
    public static ICallMemory Call() => new Taken(Share());

    /// <summary>A batch that was admitted.</summary>
    public static BatchReplies Batch(IReplySink whole, int size, int maxBytes)
    {
        MemoryShare share = Share();
        share.Take(BatchReplies.BytesOf(size));
        return new BatchReplies(whole, size, maxBytes, share);
    }

    private sealed class Taken(MemoryShare share) : ICallMemory
    {
        public bool TryTake(long bytes) => share.TryTake(bytes);

        public void Take(long bytes) => share.Take(bytes);
    }
}
