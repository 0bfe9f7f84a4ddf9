namespace GuestAgent.Dialects.JsonRpc;

/// <summary>Sends each answer at once.</summary>
internal sealed class DirectReplies(OutboundLanes lanes) : IReplySink
{
    /// <inheritdoc/>
    public void Send(PooledLine line, StreamLane? behind)
    {
        if (behind is null)
        {
            lanes.PostReply(line);
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
}
