using GuestAgent.Contracts;
using GuestAgent.Contracts.Files;
using GuestAgent.Host.Diagnostics;

namespace GuestAgent.Host.Sessions;

/// <summary>Calls of operations by their contract, with its own deadline and the margin.</summary>
internal static class ContractCalls
{
    /// <summary>Calls an operation.</summary>
    public static Task<TResult> CallAsync<TRequest, TResult>(
        this GuestLink link,
        OperationContract<TRequest, TResult> contract,
        TRequest request,
        CancellationToken cancellationToken)
        where TRequest : class
        where TResult : class =>
        link.CallAsync(contract, request, static result => result, cancellationToken);

    /// <summary>Calls an operation whose result the caller does not take as it is.</summary>
    /// <param name="link">The way to the guest.</param>
    /// <param name="contract">The operation.</param>
    /// <param name="request">Its parameters.</param>
    /// <param name="interpret">
    /// Makes the answer of the result, or throws a <see cref="GuestConnectionException"/> when the agent cannot mean it,
    /// which ends the connection.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<TAnswer> CallAsync<TRequest, TResult, TAnswer>(
        this GuestLink link,
        OperationContract<TRequest, TResult> contract,
        TRequest request,
        Func<TResult, TAnswer> interpret,
        CancellationToken cancellationToken)
        where TRequest : class
        where TResult : class =>
        link.CallAsync(contract, request, (result, _) => interpret(result), cancellationToken);

    /// <summary>Calls an operation whose reply may have a body.</summary>
    /// <param name="link">The way to the guest.</param>
    /// <param name="contract">The operation.</param>
    /// <param name="request">Its parameters.</param>
    /// <param name="interpret">
    /// Makes the answer of the result and what came behind it, which is its own from then on; throws as above.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<TAnswer> CallAsync<TRequest, TResult, TAnswer>(
        this GuestLink link,
        OperationContract<TRequest, TResult> contract,
        TRequest request,
        Func<TResult, FileContent?, TAnswer> interpret,
        CancellationToken cancellationToken)
        where TRequest : class
        where TResult : class =>
        link.CallAsync(
            Request(contract, request, link.Options),
            reply => interpret(reply.Read(contract.Result), reply.Body),
            cancellationToken);

    /// <summary>Calls an operation on this session and no other.</summary>
    public static Task<TResult> CallAsync<TRequest, TResult>(
        this AgentSession session,
        OperationContract<TRequest, TResult> contract,
        TRequest request,
        CancellationToken cancellationToken)
        where TRequest : class
        where TResult : class =>
        session.CallAsync(contract, request, 0, cancellationToken);

    /// <summary>Calls an operation on this session and no other.</summary>
    /// <param name="session">The session.</param>
    /// <param name="contract">The operation.</param>
    /// <param name="request">Its parameters, free again when this returns.</param>
    /// <param name="contentBytes">
    /// About how many bytes they have on the wire where they carry content, which other requests may overtake; 0 for all others.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<TResult> CallAsync<TRequest, TResult>(
        this AgentSession session,
        OperationContract<TRequest, TResult> contract,
        TRequest request,
        int contentBytes,
        CancellationToken cancellationToken)
        where TRequest : class
        where TResult : class
    {
        Request<TRequest> sent = Request(contract, request, session.Options) with { ContentBytes = contentBytes };
        CallObservation? observation = CallObservation.Begin(sent.Method, session.Endpoint, session.Options);
        try
        {
            PendingCall call = await session.SendAsync(sent, cancellationToken).ConfigureAwait(false);
            Reply reply = await session.WaitAsync(call, sent.Deadline, cancellationToken).ConfigureAwait(false);
            TResult result = session.Interpret(call, reply, answer => answer.Read(contract.Result));
            observation?.Succeed();
            return result;
        }
        catch (Exception e)
        {
            observation?.Fail(e);
            throw;
        }
    }

    private static Request<TRequest> Request<TRequest, TResult>(
        OperationContract<TRequest, TResult> contract, TRequest request, GuestClientOptions options)
        where TRequest : class
        where TResult : class =>
        new(contract.Name, request, contract.Request, contract.IsRepeatable, contract.Deadline + options.CallMargin);
}
