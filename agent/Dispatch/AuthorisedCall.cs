namespace GuestAgent.Dispatch;

/// <summary>A call that the policy has allowed and that has not begun.</summary>
internal abstract class AuthorisedCall(string subject)
{
    /// <summary>What was granted, for the audit record.</summary>
    public string Subject { get; } = subject;

    /// <summary>Runs the operation.</summary>
    public abstract ValueTask<Reply> RunAsync(CancellationToken cancellationToken);
}
