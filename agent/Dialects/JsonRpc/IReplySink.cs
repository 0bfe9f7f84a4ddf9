using GuestAgent.Contracts;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>Takes the answer of one request: straight to the peer, or into the array of its batch.</summary>
internal interface IReplySink
{
    /// <summary>Opens a lane for what a request streams before its answer.</summary>
    StreamLane OpenStream();

    /// <summary>Takes the answer.</summary>
    /// <param name="id">Whose answer it is.</param>
    /// <param name="line">The encoded answer.</param>
    /// <param name="behind">The stream that must reach the peer before it; null when there is none.</param>
    void Send(CallId id, PooledLine line, StreamLane? behind);

    /// <summary>Notes that there is no answer.</summary>
    void Skip();

    /// <summary>Notes that the host is gone that waited for the answer, and for all others that go with it.</summary>
    void Drop();
}
