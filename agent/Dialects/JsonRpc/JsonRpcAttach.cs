using GuestAgent.Connections;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using Microsoft.AspNetCore.Connections;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>
/// One host's stay on a connection: its requests in flight, and what lasts longer. Ends with the connection or when a host
/// says hello, since a virtio port may not show that another host has come.
/// </summary>
/// <param name="lanes">Where answers go.</param>
/// <param name="listener">The listener of the connection.</param>
/// <param name="connection">The connection.</param>
/// <param name="session">The name that the host has given its stay; null for none.</param>
internal sealed class JsonRpcAttach(
    OutboundLanes lanes, ListenerProfile listener, ConnectionContext connection, string? session = null) : IAttach
{
    private readonly Lock _gate = new();
    private readonly HashSet<JsonRpcCall> _calls = [];
    private readonly HashSet<JsonRpcCall> _unanswered = [];
    private readonly Dictionary<CallId, JsonRpcCall> _byId = [];
    private readonly Dictionary<CallId, ReplyReceipt> _receipts = [];
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Lasting> _lasting = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _stay = lanes.Stay;
    private bool _closing;
    private volatile bool _ended;

    /// <summary>Where answers go that are not part of a batch.</summary>
    public IReplySink Replies { get; } = new DirectReplies(lanes, lanes.Stay);

    /// <summary>The name that the host has given its stay; null for none.</summary>
    public string? Session => session;

    /// <summary>Lines that have come in this stay. Of meaning to the reader of the connection alone.</summary>
    public long Lines { get; private set; }

    /// <summary>Longest answer in bytes.</summary>
    public int MaxMessageBytes => listener.Limits.MaxMessageBytes;

    /// <summary>True when the host is gone: nothing is sent to it any more.</summary>
    public bool Ended => _ended;

    /// <summary>Completes when the host is gone.</summary>
    public Task Left => _left.Task;

    /// <summary>Requests that are not answered yet.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _unanswered.Count;
            }
        }
    }

    /// <summary>Notes that a line has come.</summary>
    public void CountLine() => Lines++;

    /// <summary>The request in flight with this id.</summary>
    public JsonRpcCall? Find(CallId id)
    {
        lock (_gate)
        {
            return _byId.GetValueOrDefault(id);
        }
    }

    /// <summary>Waits for the host's word that it has the answer to a request.</summary>
    public ReplyReceipt Expect(CallId id)
    {
        var receipt = new ReplyReceipt(this, id);
        lock (_gate)
        {
            _receipts[id] = receipt;
        }

        return receipt;
    }

    /// <summary>Notes the host's word that it has an answer.</summary>
    /// <returns>False when nobody was waiting for it.</returns>
    public bool Acknowledge(CallId id)
    {
        ReplyReceipt? receipt;
        lock (_gate)
        {
            _receipts.Remove(id, out receipt);
        }

        receipt?.Received();
        return receipt is not null;
    }

    /// <summary>Waits for that word no more.</summary>
    public void Forget(CallId id, ReplyReceipt receipt)
    {
        lock (_gate)
        {
            if (_receipts.GetValueOrDefault(id) == receipt)
            {
                _receipts.Remove(id);
            }
        }
    }

    /// <summary>Completes when all that was added so far has left the agent, and where the kernel can tell, was read.</summary>
    public async Task WhenFlushedAsync(CancellationToken cancellationToken)
    {
        await lanes.WhenIdleAsync();
        await TakenBytes.WaitAsync(connection, cancellationToken);
    }

    /// <summary>Notes a request that is not answered yet.</summary>
    public void Add(JsonRpcCall call)
    {
        lock (_gate)
        {
            _calls.Add(call);
            _unanswered.Add(call);
            if (call.Id is { } id)
            {
                _byId[id] = call;
            }
        }
    }

    /// <summary>Frees the place and the id of a request that is about to be answered.</summary>
    public void Release(JsonRpcCall call)
    {
        lock (_gate)
        {
            _unanswered.Remove(call);
            // Abandoned, it may have lost its id to a request of the next host.
            if (call.Id is { } id && _byId.GetValueOrDefault(id) == call)
            {
                _byId.Remove(id);
            }
        }
    }

    /// <summary>Notes that a request is answered.</summary>
    public void Remove(JsonRpcCall call)
    {
        lock (_gate)
        {
            _calls.Remove(call);
            SignalDrained();
        }
    }

    /// <inheritdoc/>
    public void Keep(IDisposable lasting)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _lasting.Add(new Lasting(lasting, Environment.TickCount64));
                return;
            }
        }

        lasting.Dispose();
    }

    /// <inheritdoc/>
    public void Release(IDisposable lasting)
    {
        lock (_gate)
        {
            _lasting.RemoveAll(kept => kept.Thing == lasting);
        }
    }

    /// <inheritdoc/>
    public bool IsWaiting<T>(EventContract<T> contract)
        where T : class => lanes.HasLatest(contract.Name);

    /// <inheritdoc/>
    public void PostLatest<T>(EventContract<T> contract, T content)
        where T : class
    {
        PooledLine line = JsonRpcLine.Notification(contract.Name, content, contract.Shape);
        if (_ended || line.Length > MaxMessageBytes)
        {
            line.Dispose();
            return;
        }

        lanes.PostLatest(contract.Name, line, _stay);
    }

    /// <summary>
    /// Gives up what a host who has gone must have asked for: requests are cancelled and not answered, the rest ends.
    /// </summary>
    /// <param name="age">How long ago they came at least.</param>
    public void AbandonOlderThan(TimeSpan age)
    {
        JsonRpcCall[] old;
        lock (_gate)
        {
            old = [.. _calls.Where(call => call.Age > age)];
        }

        foreach (JsonRpcCall call in old)
        {
            call.Abandon();
            Release(call);
        }

        EndLasting(Environment.TickCount64 - (long)age.TotalMilliseconds);
    }

    /// <summary>Completes when no request is in flight any more; no new one may be added after this call.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _closing = true;
            SignalDrained();
            return _drained.Task;
        }
    }

    /// <summary>Ends the stay: cancels what is in flight; its answers are dropped.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
        }

        _left.TrySetResult();
        CancelAll();
        EndLasting(long.MaxValue);
    }

    /// <summary>Cancels what is in flight.</summary>
    public void CancelAll()
    {
        JsonRpcCall[] calls;
        lock (_gate)
        {
            calls = [.. _calls];
        }

        foreach (JsonRpcCall call in calls)
        {
            call.Cancel();
        }
    }

    private void EndLasting(long keptBefore)
    {
        Lasting[] old;
        lock (_gate)
        {
            old = [.. _lasting.Where(kept => kept.Since < keptBefore)];
        }

        foreach (Lasting kept in old)
        {
            Release(kept.Thing);
            kept.Thing.Dispose();
        }
    }

    private void SignalDrained()
    {
        if (_closing && _calls.Count == 0)
        {
            _drained.TrySetResult();
        }
    }

    private sealed record Lasting(IDisposable Thing, long Since);
}
