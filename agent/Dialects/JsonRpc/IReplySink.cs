namespace GuestAgent.Dialects.JsonRpc;

/// <summary>Takes the answer of one request: straight to the peer, or into the array of its batch.</summary>
internal interface IReplySink
{
    /// <summary>Takes the answer.</summary>
    /// <param name="line">The encoded answer.</param>
    /// <param name="behind">The stream that must reach the peer before it; null when there is none.</param>
    void Send(PooledLine line, StreamLane? behind);

    /// <summary>Notes that there is no answer.</summary>
    void Skip();
}
