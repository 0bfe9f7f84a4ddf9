namespace GuestAgent.Dispatch;

/// <summary>
/// Takes the content of a file as it is, for a host that reads it as fast as it likes: bytes that are in no message, and of which
/// the agent holds a piece at a time.
/// </summary>
internal interface IContentSink
{
    /// <summary>Tells what there is, before any of it is sent.</summary>
    /// <param name="facts">What is known of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What of it the host wants.</returns>
    ValueTask<ContentPart> BeginAsync(ContentFacts facts, CancellationToken cancellationToken);

    /// <summary>Memory for the next piece.</summary>
    /// <param name="bytes">How much at least.</param>
    Memory<byte> GetMemory(int bytes);

    /// <summary>Sends the next piece. Completes when it is on its way.</summary>
    /// <param name="bytes">How many bytes at the beginning of the memory it has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask SendAsync(int bytes, CancellationToken cancellationToken);

    /// <summary>Waits at the end of the content until there may be more, for a host that follows a file.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False where the end is the end.</returns>
    ValueTask<bool> WaitForMoreAsync(CancellationToken cancellationToken) => new(false);
}
