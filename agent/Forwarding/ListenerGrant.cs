using GuestAgent.Dispatch;

namespace GuestAgent.Forwarding;

/// <summary>Permission to take what comes to a listener; the listener outlives the call that has it.</summary>
/// <param name="Listener">The listener.</param>
internal sealed record ListenerGrant(ForwardListener Listener) : IGrant
{
    /// <inheritdoc/>
    public string Subject => Listener.Address;

    /// <inheritdoc/>
    public string? Rule => null;
}
