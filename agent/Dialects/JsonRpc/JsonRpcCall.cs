using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Sessions;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>One request in flight: where its answer goes, and the lane of its events.</summary>
/// <param name="session">The host's session.</param>
/// <param name="id">The request's id; null for a notification.</param>
/// <param name="replies">Takes its answer.</param>
/// <param name="acceptsBody">Whether that may have a body.</param>
internal sealed class JsonRpcCall(JsonRpcSession session, CallId? id, IReplySink replies, bool acceptsBody = false)
    : Call(session, id, session.Memory)
{
    private readonly JsonRpcSession _session = session;
    private volatile StreamLane? _stream;

    /// <inheritdoc/>
    public override bool AcceptsBody => acceptsBody;

    /// <inheritdoc/>
    public override int MaxBytes => _session.MaxMessageBytes;

    /// <inheritdoc/>
    protected override ValueTask SendAsync<T>(EventContract<T> contract, T content, CancellationToken cancellationToken) =>
        Stream().PostAsync(
            JsonRpcLine.Notification(contract.Name, content, contract.Shape, _session.Memory), cancellationToken);

    /// <inheritdoc/>
    protected override void Send(in Reply reply)
    {
        if (Id is { } value)
        {
            replies.Send(value, JsonRpcLine.Reply(value, reply, _session.MaxMessageBytes, _session.Memory), _stream);
        }
        else
        {
            replies.Skip();
        }
    }

    /// <inheritdoc/>
    protected override void Drop() => replies.Drop();

    // Both outputs of a command may begin at once, and its answer must find the one lane that they share.
    private StreamLane Stream() =>
        _stream ?? Interlocked.CompareExchange(ref _stream, replies.OpenStream(), null) ?? _stream;
}
