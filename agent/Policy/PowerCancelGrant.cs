using GuestAgent.Dispatch;

namespace GuestAgent.Policy;

/// <summary>Permission to take back what a <see cref="PowerGrant"/> has arranged. Made by <see cref="PowerPolicy"/> alone.</summary>
internal sealed record PowerCancelGrant : IGrant
{
    /// <inheritdoc/>
    public string Subject => "-";

    /// <inheritdoc/>
    public string? Rule => PowerPolicy.Rule;
}
