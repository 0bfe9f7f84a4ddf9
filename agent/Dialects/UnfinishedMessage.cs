using GuestAgent.Memory;

namespace GuestAgent.Dialects;

/// <summary>
/// The bytes of a message that is not complete, which stay where the transport has put them. Short ones are not counted; one
/// for which there is no room is given up, also later, when another connection needs the room more.
/// </summary>
/// <param name="memory">The connection's share.</param>
/// <param name="wake">Has the reader look again; must be safe on any thread.</param>
internal sealed class UnfinishedMessage(MemoryShare memory, Action wake)
{
    // Most messages that come in parts, and what each connection may read into at any time.
    private const int UncountedBytes = 4 * 1024;

    // As much as is read at once.
    private const int Step = 64 * 1024;

    // The transport keeps a record of a hundred bytes for every 4 KiB.
    private const int OverheadPart = 16;

    private readonly Reclaimable _reclaimable = memory.AddReclaimable(wake, onlyWhenStale: false);
    private long _counted;

    /// <summary>Has so much been counted as there is now.</summary>
    /// <param name="bytes">All bytes that are there of it.</param>
    /// <returns>False when it is to be given up; nothing is counted then.</returns>
    public bool TryHold(long bytes)
    {
        if (bytes <= UncountedBytes)
        {
            Release();
            return true;
        }

        long needed = (bytes + (bytes / OverheadPart) + Step - 1) / Step * Step;
        if (_reclaimable.IsUnwanted || (needed > _counted && !memory.TryTake(needed - _counted, _reclaimable)))
        {
            Release();
            return false;
        }

        if (needed < _counted)
        {
            memory.Return(_counted - needed);
        }

        _counted = needed;
        _reclaimable.Note(needed);
        return true;
    }

    /// <summary>There is nothing of it any more.</summary>
    public void Release()
    {
        if (_counted > 0)
        {
            memory.Return(_counted);
            _counted = 0;
            _reclaimable.Note(0);
        }
    }

    /// <summary>Why it was given up.</summary>
    public Errors.OperationException Refusal(long bytes) => memory.Refusal(bytes);
}
