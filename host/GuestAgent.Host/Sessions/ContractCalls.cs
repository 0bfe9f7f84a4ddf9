using GuestAgent.Contracts;

namespace GuestAgent.Host.Sessions;

/// <summary>Calls of operations by their contract.</summary>
internal static class ContractCalls
{
    /// <summary>Calls an operation, with its own deadline and the margin.</summary>
    public static Task<TResult> CallAsync<TRequest, TResult>(
        this AgentSession session,
        OperationContract<TRequest, TResult> contract,
        TRequest request,
        CancellationToken cancellationToken)
        where TRequest : class
        where TResult : class =>
        session.CallAsync(contract, request, static result => result, cancellationToken);

    /// <summary>Calls an operation whose result the caller does not take as it is.</summary>
    /// <param name="session">The attach.</param>
    /// <param name="contract">The operation.</param>
    /// <param name="request">Its parameters.</param>
    /// <param name="interpret">
    /// Makes the answer of the result, or throws a <see cref="GuestConnectionException"/> when the agent cannot mean it,
    /// which ends the connection.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<TAnswer> CallAsync<TRequest, TResult, TAnswer>(
        this AgentSession session,
        OperationContract<TRequest, TResult> contract,
        TRequest request,
        Func<TResult, TAnswer> interpret,
        CancellationToken cancellationToken)
        where TRequest : class
        where TResult : class =>
        session.CallAsync(
            contract.Name,
            request,
            contract.Request,
            reply => interpret(reply.Read(contract.Result)),
            contract.Deadline + session.Options.CallMargin,
            cancellationToken);
}
