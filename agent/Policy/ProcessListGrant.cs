using GuestAgent.Dispatch;

namespace GuestAgent.Policy;

/// <summary>Permission to list all processes. Made by <see cref="SwitchPolicy"/> alone.</summary>
internal sealed record ProcessListGrant : IGrant
{
    /// <inheritdoc/>
    public string Subject => "processes";

    /// <inheritdoc/>
    public string? Rule => SwitchPolicy.ListRule;
}
