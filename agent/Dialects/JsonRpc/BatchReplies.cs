namespace GuestAgent.Dialects.JsonRpc;

/// <summary>Collects the answers of a batch and sends them as one array when all are there.</summary>
/// <param name="lanes">Where the array goes.</param>
/// <param name="size">Messages in the batch.</param>
internal sealed class BatchReplies(OutboundLanes lanes, int size) : IReplySink
{
    private readonly Lock _gate = new();
    private readonly List<PooledLine> _lines = [];
    private StreamLane? _behind;
    private int _missing = size;

    /// <inheritdoc/>
    public void Send(PooledLine line, StreamLane? behind) => Count(line, behind);

    /// <inheritdoc/>
    public void Skip() => Count(null, null);

    private void Count(PooledLine? line, StreamLane? behind)
    {
        lock (_gate)
        {
            _behind = behind ?? _behind;
            if (line is not null)
            {
                _lines.Add(line);
            }

            if (--_missing > 0)
            {
                return;
            }
        }

        // A batch of notifications alone is not answered: https://www.jsonrpc.org/specification#batch
        if (_lines.Count > 0)
        {
            new DirectReplies(lanes).Send(JsonRpcLine.Batch(_lines), _behind);
        }
    }
}
