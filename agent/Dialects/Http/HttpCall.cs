using GuestAgent.Contracts;
using GuestAgent.Dispatch;
using GuestAgent.Errors;
using GuestAgent.Sessions;

namespace GuestAgent.Dialects.Http;

/// <summary>The call that a request asks for.</summary>
/// <param name="host">Whose it is.</param>
/// <param name="session">The session that it is made in.</param>
/// <param name="id">Its id, for the audit.</param>
/// <param name="events">Takes events; null where the host wants none.</param>
/// <param name="content">Takes the content of a file that it reads; null where the result has it.</param>
internal sealed class HttpCall(HttpHost host, Session session, CallId id, HttpEvents? events, IContentSink? content)
    : Call(session, id, host.Memory)
{
    private readonly TaskCompletionSource<HttpAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer, which whoever waits for it disposes; cancelled when the host is gone.</summary>
    public Task<HttpAnswer> Answered => _answer.Task;

    /// <inheritdoc/>
    public override bool AcceptsBody => false;

    /// <inheritdoc/>
    public override IContentSink? Content => content;

    /// <inheritdoc/>
    public override int MaxBytes => host.Listener.Limits.MaxMessageBytes;

    /// <inheritdoc/>
    protected override ValueTask SendAsync<T>(EventContract<T> contract, T content, CancellationToken cancellationToken) =>
        events?.WriteAsync(contract, content, cancellationToken)
        ?? throw new OperationException(ErrorCode.InvalidRequest, "The host takes no events.");

    /// <inheritdoc/>
    protected override void Send(in Reply reply) => _answer.SetResult(HttpAnswer.To(reply, MaxBytes, host.Memory));

    /// <inheritdoc/>
    protected override void Drop() => _answer.SetCanceled();
}
