using GuestAgent.Dispatch;

namespace GuestAgent.Policy;

/// <summary>Permission to move something: to take it away from one place and to put it at another.</summary>
/// <param name="From">Where it is.</param>
/// <param name="To">Where it goes.</param>
/// <param name="OfHeldFile">
/// True where only a file may go, because the policy names the place: then it is the one that was looked at and is held open, and
/// not what has its name by the time it is moved.
/// </param>
internal sealed record MoveGrant(WriteGrant From, WriteGrant To, bool OfHeldFile) : IGrant, IDisposable
{
    /// <inheritdoc/>
    public string Subject => $"{From.Subject} to {To.Subject}";

    /// <inheritdoc/>
    public string? Rule => PathPolicy.WriteRule;

    /// <inheritdoc/>
    public void Dispose()
    {
        From.Dispose();
        To.Dispose();
    }
}
