using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Memory;
using GuestAgent.Sessions;

namespace GuestAgent.Tests.Unit.Sessions;

/// <summary>A call whose answer is kept for the test.</summary>
/// <param name="session">Its session.</param>
/// <param name="id">Its id.</param>
/// <param name="memory">Counts what it holds.</param>
internal sealed class TestCall(Session session, string id, MemoryShare memory) : Call(session, new CallId(id), memory)
{
    private readonly TaskCompletionSource<Reply?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Session _session = session;

    /// <summary>The answer; null when it was dropped.</summary>
    public Task<Reply?> End => _end.Task;

    /// <summary>Whether its id was free when it was answered.</summary>
    public bool WasFree { get; private set; }

    /// <inheritdoc/>
    public override bool AcceptsBody => false;

    /// <inheritdoc/>
    public override int MaxBytes => int.MaxValue;

    /// <inheritdoc/>
    protected override ValueTask SendAsync<T>(EventContract<T> contract, T content, CancellationToken cancellationToken) =>
        ValueTask.CompletedTask;

    /// <inheritdoc/>
    protected override void Send(in Reply reply)
    {
        WasFree = _session.IsFree(Id);
        _end.SetResult(reply);
    }

    /// <inheritdoc/>
    protected override void Drop() => _end.SetResult(null);
}
