using GuestAgent.Dispatch;

namespace GuestAgent.Policy;

/// <summary>Permission to set the wall clock. Made by <see cref="SwitchPolicy"/> alone.</summary>
internal sealed record ClockGrant : IGrant
{
    /// <inheritdoc/>
    public string Subject => "clock";

    /// <inheritdoc/>
    public string? Rule => SwitchPolicy.ClockRule;
}
