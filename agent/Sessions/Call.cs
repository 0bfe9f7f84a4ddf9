using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Memory;

namespace GuestAgent.Sessions;

/// <summary>
/// One call of a host: its id, its cancellation, what it holds, and the way of its events and its answer, which is for its
/// dialect to know. That is a base and not a part of it, so that a call is one object.
/// </summary>
/// <param name="session">The host's session.</param>
/// <param name="id">Its id; null when it gets no answer.</param>
/// <param name="memory">Counts what it holds.</param>
#pragma warning disable CA1001 // A source without timer and wait handle holds nothing, and a late cancel may still come.
internal abstract class Call(Session session, CallId? id, MemoryShare memory) : IEventSink, IReplyReceipt, ICallMemory, ICallStop
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly long _start = Environment.TickCount64;
    private CallMemory _memory = new(memory);
    private volatile bool _abandoned;
    private volatile bool _cancelled;
    private volatile bool _stopping;
    private volatile ReplyReceipt? _receipt;

    /// <summary>Its id; null when it gets no answer.</summary>
    public CallId? Id => id;

    /// <summary>Cancelled when the host cancels it or is gone.</summary>
    public CancellationToken Cancelled => _cancellation.Token;

    /// <summary>What the host says of it for those who follow it through several systems; null for nothing.</summary>
    public string? Trace { get; init; }

    /// <summary>Time since it came.</summary>
    public TimeSpan Age => TimeSpan.FromMilliseconds(Environment.TickCount64 - _start);

    /// <summary>Whether its answer may have a body.</summary>
    public abstract bool AcceptsBody { get; }

    /// <summary>Takes the content of what it reads, beside its answer; null where the answer has it.</summary>
    public virtual IContentSink? Content => null;

    /// <summary>Whether a time limit above the policy's ceiling is shortened to it: its host has no ear for a refusal.</summary>
    public virtual bool ShortensTimeLimit => false;

    /// <inheritdoc/>
    public abstract int MaxBytes { get; }

    private bool IsGone => _abandoned || session.Ended;

    /// <summary>Cancels it and drops its answer: the host that made it is gone.</summary>
    public void Abandon()
    {
        _abandoned = true;
        Cancel();
    }

    /// <summary>Cancels it.</summary>
    /// <remarks>What then ends it, as a look through all processes, is not done by the thread that serves all hosts.</remarks>
    public void Cancel()
    {
        _cancelled = true;
        _ = _cancellation.CancelAsync();
    }

    /// <summary>Ends it when a time has passed, as the agent stops; what has cancelled it before stays the reason.</summary>
    /// <param name="time">The time; zero for at once.</param>
    public void StopAfter(TimeSpan time)
    {
        _stopping = true;
        _cancellation.CancelAfter(time);
    }

    /// <inheritdoc/>
    bool ICallStop.IsDue => _stopping && !_cancelled && Cancelled.IsCancellationRequested;

    /// <inheritdoc/>
    public ValueTask EmitAsync<T>(EventContract<T> contract, T content, CancellationToken cancellationToken)
        where T : class => IsGone ? ValueTask.CompletedTask : SendAsync(contract, content, cancellationToken);

    /// <inheritdoc/>
    public Task ReceivedAsync(TimeSpan patience)
    {
        if (id is not { } value)
        {
            // There is no answer that could be received.
            return Task.CompletedTask;
        }

        ReplyReceipt receipt = session.Expect(value);
        _receipt = receipt;
        return receipt.ReceivedAsync(patience);
    }

    /// <summary>Answers it, behind its events. Once.</summary>
    public void Answer(in Reply reply)
    {
        // What holds memory has been written when this returns, or has found another owner.
        using Reply held = reply;
        if (IsGone)
        {
            Drop();
        }
        else
        {
            Send(reply);
        }

        _memory.ReturnAll();
        _receipt?.Sent();
    }

    /// <inheritdoc/>
    public bool TryTake(long bytes) => _memory.TryTake(bytes);

    /// <inheritdoc/>
    public void Take(long bytes) => _memory.Take(bytes);

    /// <inheritdoc cref="MemoryShare.Overdraw"/>
    public void Overdraw(long bytes) => _memory.Overdraw(bytes);

    /// <summary>Sends an event, as <see cref="IEventSink.EmitAsync"/>.</summary>
    protected abstract ValueTask SendAsync<T>(EventContract<T> contract, T content, CancellationToken cancellationToken)
        where T : class;

    /// <summary>Sends the answer; what of the reply holds memory is written or detached before this returns.</summary>
    protected abstract void Send(in Reply reply);

    /// <summary>Notes that there is nobody any more who could be answered.</summary>
    protected abstract void Drop();
}
