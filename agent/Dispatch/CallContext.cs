using GuestAgent.Contracts;

namespace GuestAgent.Dispatch;

/// <summary>What surrounds one call: who asks, the call's id, and the way for events back to the peer.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="Attach">
/// The host's attach. Things that live longer than one call, such as running commands, belong to it and are
/// found by (attach, id).
/// </param>
/// <param name="Id">The call's id, unique among the calls in flight of the attach.</param>
/// <param name="Events">Takes events for the peer.</param>
/// <param name="Receipt">Follows the call's answer to the peer; null where the dialect cannot.</param>
/// <param name="TakesAttached">Whether bytes may follow this answer that are not part of its message.</param>
internal sealed record CallContext(
    Caller Caller, IAttach Attach, CallId Id, IEventSink Events, IReplyReceipt? Receipt = null, bool TakesAttached = false);
