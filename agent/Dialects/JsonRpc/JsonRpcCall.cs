using GuestAgent.Contracts;
using GuestAgent.Dispatch;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>One request in flight: its id, its cancellation, where its answer goes, and the lane of its events.</summary>
#pragma warning disable CA1001 // A source without timer and wait handle holds nothing, and a late cancel may still come.
internal sealed class JsonRpcCall(JsonRpcAttach attach, CallId? id, IReplySink replies) : IEventSink, IReplyReceipt
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly long _start = Environment.TickCount64;
    private volatile bool _abandoned;
    private volatile StreamLane? _stream;
    private volatile ReplyReceipt? _receipt;

    /// <summary>The request's id; null for a notification, which gets no answer.</summary>
    public CallId? Id => id;

    /// <summary>Cancelled when the peer cancels the request, says hello again or is gone.</summary>
    public CancellationToken Cancelled => _cancellation.Token;

    /// <summary>Time since the request came.</summary>
    public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - _start);

    /// <summary>Cancels the request and drops its answer: the host that made it is gone.</summary>
    public void Abandon()
    {
        _abandoned = true;
        Cancel();
    }

    /// <summary>Cancels the request.</summary>
    /// <remarks>What then ends it, as a look through all processes, is not done by the thread that serves all hosts.</remarks>
    public void Cancel() => _ = _cancellation.CancelAsync();

    /// <inheritdoc/>
    public int MaxBytes => attach.MaxMessageBytes;

    /// <inheritdoc/>
    public ValueTask EmitAsync<T>(EventContract<T> contract, T content, CancellationToken cancellationToken)
        where T : class
    {
        if (attach.Ended || _abandoned)
        {
            return ValueTask.CompletedTask;
        }

        return Stream().PostAsync(
            JsonRpcLine.Notification(contract.Name, content, contract.Shape), cancellationToken);
    }

    /// <inheritdoc/>
    public Task ReceivedAsync(TimeSpan patience)
    {
        if (id is not { } value)
        {
            // A notification has no answer that could be received.
            return Task.CompletedTask;
        }

        ReplyReceipt receipt = attach.Expect(value);
        _receipt = receipt;
        return receipt.ReceivedAsync(patience);
    }

    /// <summary>Sends the answer, behind the call's events.</summary>
    public void Answer(in Reply reply)
    {
        // A result that holds memory has been written when this returns.
        using var result = reply.Result as IDisposable;
        if (attach.Ended || _abandoned)
        {
            replies.Drop();
        }
        else if (id is { } value)
        {
            replies.Send(value, JsonRpcLine.Reply(value, reply, attach.MaxMessageBytes), _stream);
        }
        else
        {
            replies.Skip();
        }

        _receipt?.Sent();
    }

    // Both outputs of a command may begin at once, and its answer must find the one lane that they share.
    private StreamLane Stream() =>
        _stream ?? Interlocked.CompareExchange(ref _stream, replies.OpenStream(), null) ?? _stream;
}
