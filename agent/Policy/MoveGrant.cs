using GuestAgent.Dispatch;

namespace GuestAgent.Policy;

/// <summary>Permission to move something: to take it away from one place and to put it at another.</summary>
/// <param name="From">Where it is.</param>
/// <param name="To">Where it goes.</param>
internal sealed record MoveGrant(WriteGrant From, WriteGrant To) : IGrant, IDisposable
{
    /// <inheritdoc/>
    public string Subject => $"{From.Subject} to {To.Subject}";

    /// <inheritdoc/>
    public void Dispose()
    {
        From.Dispose();
        To.Dispose();
    }
}
