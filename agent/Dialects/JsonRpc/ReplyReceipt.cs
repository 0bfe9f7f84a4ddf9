using GuestAgent.Contracts;
using GuestAgent.Dispatch;

namespace GuestAgent.Dialects.JsonRpc;

/// <summary>The receipt of one answer, which the host gives with <c>reply_received</c>.</summary>
/// <param name="attach">The host's stay.</param>
/// <param name="id">The request that is answered.</param>
internal sealed class ReplyReceipt(JsonRpcAttach attach, CallId id) : IReplyReceipt
{
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _received = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Notes that the answer was handed to the connection's writer.</summary>
    public void Sent() => _sent.TrySetResult();

    /// <summary>Notes that the host has the answer.</summary>
    public void Received() => _received.TrySetResult();

    /// <inheritdoc/>
    public async Task ReceivedAsync(TimeSpan patience)
    {
        Task settled = Task.WhenAny(_received.Task, attach.Left);
        await Task.WhenAny(_sent.Task, attach.Left);
        using var enough = new CancellationTokenSource();
        await Bounded.CompletesAsync(Task.WhenAny(attach.WhenFlushedAsync(enough.Token), settled), patience);
        await enough.CancelAsync();
        await Bounded.CompletesAsync(settled, patience);
        attach.Forget(id, this);
    }
}
