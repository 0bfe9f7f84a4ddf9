using GuestAgent.Contracts.Exec;
using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Memory;
using GuestAgent.Sessions;

namespace GuestAgent.Tests.Unit.Dialects.EchoLines;

/// <summary>The call that a line asks for; its answer is a line.</summary>
internal sealed class EchoLinesCall(Session session, MemoryShare memory) : Call(session, new CallId("1"), memory)
{
    private readonly TaskCompletionSource<string> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<string> Answered => _answer.Task;

    public override bool AcceptsBody => false;

    public override int MaxBytes => int.MaxValue;

    // Nothing that a line can ask for has events.
    protected override ValueTask SendAsync<T>(EventContract<T> contract, T content, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"{contract.Name} was not asked for");

    protected override void Send(in Reply reply) => _answer.SetResult(
        reply.Failure is { } failure ? $"error: {failure.Message}\n" : ((ExecCommandResult)reply.Result!).Stdout);

    protected override void Drop() => _answer.SetCanceled();
}
