using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Memory;
using GuestAgent.Sessions;
using GuestAgent.Wire.Workload;

namespace GuestAgent.Dialects.Workload;

/// <summary>The one call of a connection: its output goes to the host as it comes, its answer to whoever waits for it.</summary>
/// <param name="session">The host's session.</param>
/// <param name="memory">Counts what the connection holds.</param>
/// <param name="output">Takes the program's output.</param>
/// <param name="answer">Translates the reply.</param>
/// <param name="shortensTimeLimit">Whether a time limit above the policy's ceiling is shortened to it.</param>
internal sealed class WorkloadCall(
    Session session, MemoryShare memory, WorkloadOutput output, Func<Reply, GuestResponse> answer, bool shortensTimeLimit)
    : Call(session, OnlyId, memory)
{
    private static readonly CallId OnlyId = new("1");

    private readonly TaskCompletionSource<GuestResponse> _response =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The result, when there is one.</summary>
    public Task<GuestResponse> Response => _response.Task;

    /// <inheritdoc/>
    public override bool AcceptsBody => false;

    /// <inheritdoc/>
    public override bool ShortensTimeLimit => shortensTimeLimit;

    /// <inheritdoc/>
    /// <remarks>Lines are cut by the output, whatever comes.</remarks>
    public override int MaxBytes => int.MaxValue;

    /// <inheritdoc/>
    protected override ValueTask SendAsync<T>(EventContract<T> contract, T content, CancellationToken cancellationToken) =>
        output.WriteAsync(content, cancellationToken);

    /// <inheritdoc/>
    protected override void Send(in Reply reply) => _response.SetResult(answer(reply));

    /// <inheritdoc/>
    protected override void Drop() => _response.SetCanceled();
}
