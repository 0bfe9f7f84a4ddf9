using GuestAgent.Memory;

namespace GuestAgent.Dialects.Workload;

/// <summary>What the one call of a connection holds.</summary>
/// <param name="share">The connection's share.</param>
internal sealed class WorkloadMemory(MemoryShare share) : ICallMemory
{
    private CallMemory _memory = new(share);

    /// <inheritdoc/>
    public bool TryTake(long bytes) => _memory.TryTake(bytes);

    /// <inheritdoc/>
    public void Take(long bytes) => _memory.Take(bytes);

    /// <summary>The call is over.</summary>
    public void ReturnAll() => _memory.ReturnAll();
}
