namespace GuestAgent.Dispatch;

/// <summary>A call that the policy has allowed and that has not begun. Disposed when it has ended, or is not run at all.</summary>
internal abstract class AuthorisedCall(string subject, string? rule) : IDisposable
{
    /// <summary>What was granted, for the audit record.</summary>
    public string Subject { get; } = subject;

    /// <summary>What of the configuration has granted it; null for what needs nothing, or goes on with what was granted.</summary>
    public string? Rule { get; } = rule;

    /// <summary>Runs the operation.</summary>
    public abstract ValueTask<Reply> RunAsync(CancellationToken cancellationToken);

    /// <summary>Asks the policy in force whether it would allow this call now.</summary>
    /// <exception cref="Errors.OperationException">It would not, or the call does not make sense any more.</exception>
    public abstract void Reauthorise();

    /// <summary>Gives back what the grant holds, such as an open file.</summary>
    public abstract void Dispose();
}
