using GuestAgent.Contracts.Agent;
using GuestAgent.Dispatch;

namespace GuestAgent.Operations.Agent;

/// <summary>Tells whether an operation would be allowed, and by which rule.</summary>
internal sealed class PolicyCheckOperation(PolicyChecks checks) : IOperation<PolicyCheckRequest, Unrestricted, PolicyCheckResult>
{
    /// <inheritdoc/>
    public ValueTask<PolicyCheckResult> ExecuteAsync(
        PolicyCheckRequest request, Unrestricted grant, CallContext context, CancellationToken cancellationToken)
    {
        PolicyVerdict verdict = checks.Check(request.Operation, new CheckedArguments(request.Params), context);
        return new(verdict.Refusal is { } refusal
            ? new PolicyCheckResult(false, Refusal: PolicyRefusal.Of(refusal.Code, refusal.Message, refusal.Detail))
            : new PolicyCheckResult(true, verdict.Rule));
    }
}
