using GuestAgent.Errors;

namespace GuestAgent.Dispatch;

/// <summary>
/// Says what would become of a call, by admitting it as the dispatcher does and going no further: there is no other decision than
/// that, and nobody learns more than by trying.
/// </summary>
/// <param name="catalog">All operations.</param>
/// <param name="audit">Gets a record of each check.</param>
internal sealed class PolicyChecks(OperationCatalog catalog, AuditLog audit)
{
    /// <summary>Checks a call.</summary>
    /// <param name="operation">Name of the operation.</param>
    /// <param name="arguments">Its parameters.</param>
    /// <param name="context">What surrounds the check, and would surround the call.</param>
    /// <remarks>
    /// What says nothing of the call, as a defect or a want of descriptors, is thrown: it is the check that has failed.
    /// </remarks>
    public PolicyVerdict Check(string operation, IArguments arguments, CallContext context)
    {
        if (catalog.Find(operation) is not { } route)
        {
            return Told(null, null, Refusals.NoSuch(), context);
        }

        try
        {
            using AuthorisedCall call = route.Admit(arguments, context);
            return Told($"{operation} {call.Subject}", call.Rule, null, context);
        }
        catch (Exception e) when (Failure.From(e).Code is not (ErrorCode.Internal or ErrorCode.Busy))
        {
            return Told(operation, null, Failure.From(e), context);
        }
    }

    private PolicyVerdict Told(string? subject, string? rule, Failure? refusal, CallContext context)
    {
        audit.WriteCheck(context, subject, rule, refusal);
        return new PolicyVerdict(rule, refusal);
    }
}
