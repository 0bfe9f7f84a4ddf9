using GuestAgent.Errors;
using GuestAgent.Settings;

namespace GuestAgent.Dispatch;

/// <summary>
/// Ends what goes on and would not be allowed any more, each time that other settings come into force. What would still be
/// allowed is not touched, and keeps the limits that it was granted.
/// </summary>
internal sealed class PolicyReview
{
    private readonly AuditLog _audit;

    /// <summary>Follows the settings.</summary>
    /// <param name="settings">The settings in force.</param>
    /// <param name="audit">Gets a record of what is ended.</param>
    /// <param name="sources">Know what goes on.</param>
    public PolicyReview(LiveSettings settings, AuditLog audit, params IReadOnlyList<IOngoingSource> sources)
    {
        _audit = audit;
        settings.Replaced += () => Review(sources);
    }

    /// <summary>Asks listener and policy for something again.</summary>
    /// <remarks>
    /// The connections of a listener that is gone end by themselves, and with them what was asked for there.
    /// </remarks>
    /// <exception cref="OperationException">They do not allow it now.</exception>
    public static void Require(IOngoing ongoing)
    {
        if (!ongoing.Caller.MayCall(ongoing.Operation))
        {
            throw Refusals.NotServed(ongoing.Operation);
        }

        ongoing.Reauthorise();
    }

    /// <summary>Ends something when the settings in force do not allow it.</summary>
    public void Review(IOngoing ongoing)
    {
        try
        {
            Require(ongoing);
        }
        catch (OperationException e) when (e.Code == ErrorCode.PermissionDenied)
        {
            Failure refusal = Failure.From(e);
            refusal = refusal with { Message = $"{refusal.Message} When this began, it was allowed." };
            if (ongoing.Withdraw(refusal))
            {
                _audit.WriteWithdrawal(ongoing, refusal);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The program or the file is not what it was, or cannot be looked at: no word of the policy.
        }
    }

    // Each on its own: a path may lead to a file system that does not answer.
    private void Review(IReadOnlyList<IOngoingSource> sources)
    {
        foreach (IOngoingSource source in sources)
        {
            foreach (IOngoing ongoing in source.Now())
            {
                _ = Task.Run(() => Review(ongoing));
            }
        }
    }

}
