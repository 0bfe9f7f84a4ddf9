using GuestAgent.Contracts;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>Sends each answer at once.</summary>
/// <param name="lanes">Where they go.</param>
/// <param name="generation">The host that they are for.</param>
internal sealed class DirectReplies(OutboundLanes lanes, int generation) : IReplySink
{
    /// <inheritdoc/>
    public StreamLane OpenStream() => lanes.OpenStream(generation);

    /// <inheritdoc/>
    public void Send(CallId id, PooledLine line, StreamLane? behind)
    {
        if (behind is null)
        {
            lanes.PostReply(line, generation);
        }
        else
        {
            behind.PostLast(line);
        }
    }

    /// <inheritdoc/>
    public void Skip()
    {
    }

    /// <inheritdoc/>
    public void Drop()
    {
    }
}
