using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

/// <summary>What is known of a call for its audit record.</summary>
/// <param name="Contract">The operation.</param>
/// <param name="Context">Who asks, and under which id.</param>
/// <param name="StartTimestamp">When it came, on the monotonic clock.</param>
internal readonly record struct AuditRecord(IOperationContract Contract, CallContext Context, long StartTimestamp)
{
    /// <summary>What was granted; null until the policy has said yes.</summary>
    public string? Subject { get; init; }

    /// <summary>Bytes of file content that its result carries.</summary>
    public long Bytes { get; init; }
}
