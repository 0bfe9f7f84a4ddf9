namespace GuestAgent.Host;

/// <summary>A download or upload failed although the connection and the agent are well.</summary>
public sealed class GuestTransferException : GuestException
{
    /// <summary>Creates the failure.</summary>
    /// <param name="reason">What went wrong.</param>
    /// <param name="message">One sentence for an operator.</param>
    public GuestTransferException(TransferFailure reason, string message)
        : base(message) => Reason = reason;

    /// <summary>What went wrong.</summary>
    public TransferFailure Reason { get; }
}
