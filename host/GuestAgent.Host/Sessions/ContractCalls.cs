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
        session.CallAsync(
            contract.Name,
            request,
            contract.Request,
            reply => reply.Read(contract.Result),
            contract.Deadline + session.Options.CallMargin,
            cancellationToken);
}
