using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

/// <summary>The call that began something which outlives it, and how the policy is asked for that again.</summary>
/// <param name="Operation">Name of the operation.</param>
/// <param name="Caller">Who asked.</param>
/// <param name="Id">Under which id.</param>
/// <param name="Reauthorise">Throws when the policy in force would not grant it.</param>
internal sealed record Origin(string Operation, Caller Caller, CallId Id, Action Reauthorise)
{
    /// <summary>The origin of what a call begins.</summary>
    public static Origin Of(IOperationContract contract, CallContext context, Action reauthorise) =>
        new(contract.Name, context.Caller, context.Id, reauthorise);
}
