using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

/// <summary>
/// Something that was allowed once and goes on: a running call, an open upload, a subscription. When other settings come
/// into force, <see cref="PolicyReview"/> asks for it again.
/// </summary>
internal interface IOngoing
{
    /// <summary>The operation that began it.</summary>
    string Operation { get; }

    /// <summary>Who asked for it.</summary>
    Caller Caller { get; }

    /// <summary>Under which id.</summary>
    CallId Id { get; }

    /// <summary>What was granted, for the audit record.</summary>
    string Subject { get; }

    /// <summary>Asks the policy in force whether it would be allowed now.</summary>
    /// <exception cref="Errors.OperationException"><see cref="Errors.ErrorCode.PermissionDenied"/>: it would not.</exception>
    void Reauthorise();

    /// <summary>Ends it, without waiting for its end.</summary>
    /// <param name="refusal">Why; whoever asks for it from now on is told that.</param>
    /// <returns>False when it has ended by itself.</returns>
    bool Withdraw(Failure refusal);
}
