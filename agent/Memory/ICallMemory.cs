namespace GuestAgent.Memory;

/// <summary>What one call holds. It is given back when the call has been answered.</summary>
internal interface ICallMemory
{
    /// <summary>Takes memory, at once or not at all; no lock may be held that other connections need.</summary>
    /// <param name="bytes">How much more.</param>
    bool TryTake(long bytes);

    /// <summary>Takes memory or says why not.</summary>
    /// <param name="bytes">How much more.</param>
    /// <exception cref="Errors.OperationException">There is none.</exception>
    void Take(long bytes);
}
