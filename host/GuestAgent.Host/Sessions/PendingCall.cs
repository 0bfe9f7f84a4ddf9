using GuestAgent.Contracts;
using GuestAgent.Host.Commands;

namespace GuestAgent.Host.Sessions;

/// <summary>A request that is not answered yet.</summary>
/// <param name="id">Its id.</param>
/// <param name="method">Its name, for messages.</param>
/// <param name="repeatable">True when doing it twice is as good as doing it once.</param>
/// <param name="output">Where its output notifications go; null when it has none.</param>
internal sealed class PendingCall(CallId id, string method, bool repeatable, CommandOutput? output)
{
    // Callers go on elsewhere: the connection's reader never runs their code.
    private readonly TaskCompletionSource<Reply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its id.</summary>
    public CallId Id => id;

    /// <summary>Which it is of all requests of its session, as <see cref="PendingCalls"/> counts them.</summary>
    public long Number { get; set; }

    /// <summary>What it has passed on its way out, and leaves when it is not pending any more; null for nothing.</summary>
    public CallGate? Gate { get; init; }

    /// <summary>Its name.</summary>
    public string Method => method;

    /// <summary>True when doing it twice is as good as doing it once.</summary>
    public bool IsRepeatable => repeatable;

    /// <summary>Where its output notifications go; null when it has none.</summary>
    public CommandOutput? Output => output;

    /// <summary>Takes what is told of the connection or listener that it began; null when it began none.</summary>
    public IForwardEvents? Forward { get; init; }

    /// <summary>The answer, or why there will be none.</summary>
    public Task<Reply> Reply => _reply.Task;

    /// <summary>Hands the answer over.</summary>
    public void Answer(Reply reply) => _reply.TrySetResult(reply);

    /// <summary>There will be no answer, for a reason that is not this call's alone.</summary>
    public void Fail(GuestConnectionException reason)
    {
        _reply.TrySetException(reason.Unanswered(method, repeatable));

        // Looked at here, because its caller may be gone and nobody else would.
        _ = _reply.Task.Exception;
    }

    /// <summary>Whoever waits is to give up, as if its token had been cancelled.</summary>
    public void GiveUp() => _reply.TrySetCanceled();
}
