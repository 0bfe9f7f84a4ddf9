namespace GuestAgent.Dispatch;

/// <summary>
/// Permission for one request. Grants that lead to something are made by the policy alone, and what needs permission
/// takes a grant, so that no operation can reach it around the policy. A grant that is <see cref="IDisposable"/>, as it holds
/// a file open, is disposed when its call has ended, however it ends.
/// </summary>
internal interface IGrant
{
    /// <summary>What was granted, for the audit record: no arguments, no payload.</summary>
    string Subject { get; }

    /// <summary>
    /// What of the configuration has granted it, such as <c>policy.commands[2]</c>; null for what needs nothing, or goes on with what
    /// was granted before.
    /// </summary>
    string? Rule { get; }

    /// <summary>
    /// Refuses to go on with what the same request was granted before, where that was more: a request that leaves the user
    /// to the rule, for instance, is granted whatever user the rule says.
    /// </summary>
    /// <param name="former">The grant of the same request by former settings.</param>
    /// <exception cref="Errors.OperationException"><see cref="Errors.ErrorCode.PermissionDenied"/>.</exception>
    void RequireCovers(IGrant former)
    {
        // Most say all in their request.
    }
}
