using GuestAgent.Contracts;
using GuestAgent.Dispatch;

namespace GuestAgent.Sessions;

/// <summary>The receipt of one answer, which the host gives where its dialect has a word for it.</summary>
/// <param name="session">The host's session.</param>
/// <param name="id">The request that is answered.</param>
internal sealed class ReplyReceipt(Session session, CallId id) : IReplyReceipt
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
        Task settled = Task.WhenAny(_received.Task, session.Left);
        await Task.WhenAny(_sent.Task, session.Left);
        using var enough = new CancellationTokenSource();
        await Bounded.CompletesAsync(Task.WhenAny(session.WhenTakenAsync(enough.Token), settled), patience);
        await enough.CancelAsync();
        await Bounded.CompletesAsync(settled, patience);
        session.Forget(id, this);
    }
}
