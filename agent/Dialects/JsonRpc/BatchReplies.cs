using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Memory;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>Collects the answers of a batch and sends them as one array when all are there.</summary>
/// <param name="whole">Where the array goes.</param>
/// <param name="size">Messages in the batch.</param>
/// <param name="maxBytes">Longest array.</param>
/// <param name="memory">Has been asked for <see cref="BytesOf"/>, which are given back with the last answer.</param>
internal sealed class BatchReplies(IReplySink whole, int size, int maxBytes, MemoryShare memory) : IReplySink
{
    // Kept free for each answer that is missing: room for the error that says that there is no room, with the longest id.
    private const int ReservedBytes = 512;

    private readonly Lock _gate = new();
    private readonly List<PooledLine> _lines = [];
    private readonly long _memoryOfShort = BytesOf(size);
    private StreamLane? _stream;
    private int _missing = size;
    private int _bytes = "[]".Length;
    private bool _dropped;

    /// <summary>What short answers to all of a batch take until the last is there.</summary>
    /// <param name="size">Messages in the batch.</param>
    public static long BytesOf(int size) => (long)size * PooledLine.InitialBytes;

    /// <inheritdoc/>
    /// <remarks>The same for all: the array is the answer to each, and must reach the peer behind what any has streamed.</remarks>
    public StreamLane OpenStream()
    {
        lock (_gate)
        {
            return _stream ??= whole.OpenStream();
        }
    }

    /// <inheritdoc/>
    public void Send(CallId id, PooledLine line, StreamLane? behind)
    {
        if (line.Length > ReservedBytes && !line.TryCount())
        {
            OperationException refusal = memory.Refusal(line.Length);
            line.Dispose();
            line = JsonRpcLine.Error(id, Failure.From(refusal), memory);
        }

        lock (_gate)
        {
            long needed = (long)_bytes + line.Length + ((_missing - 1) * ReservedBytes);
            if (needed > maxBytes && line.Length > ReservedBytes)
            {
                line.Dispose();
                line = JsonRpcLine.TooLong(id, maxBytes, memory);
            }

            _bytes += line.Length;
            _lines.Add(line);
        }

        Count();
    }

    /// <inheritdoc/>
    public void Skip() => Count();

    /// <inheritdoc/>
    public void Drop()
    {
        lock (_gate)
        {
            _dropped = true;
        }

        Count();
    }

    private void Count()
    {
        lock (_gate)
        {
            if (--_missing > 0)
            {
                return;
            }
        }

        memory.Return(_memoryOfShort);
        if (_dropped)
        {
            _lines.ForEach(line => line.Dispose());
            whole.Drop();
        }
        else if (_lines.Count > 0)
        {
            whole.Send(CallId.Null, JsonRpcLine.Batch(_lines, memory), _stream);
        }
        else
        {
            // A batch of notifications alone is not answered: https://www.jsonrpc.org/specification#batch
            whole.Skip();
        }
    }
}
