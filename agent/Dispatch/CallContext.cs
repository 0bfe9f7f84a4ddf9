using GuestAgent.Contracts;
using GuestAgent.Memory;

namespace GuestAgent.Dispatch;

/// <summary>What surrounds one call: who asks, the call's id, and the way for events back to the peer.</summary>
/// <param name="Caller">Who asks.</param>
/// <param name="Session">
/// The host's session. Things that live longer than one call, such as running commands, belong to it and are
/// found by (session, id).
/// </param>
/// <param name="Id">The call's id, unique among the calls in flight of the session.</param>
/// <param name="Events">Takes events for the peer.</param>
/// <param name="Receipt">Follows the call's answer to the peer; null where the dialect cannot.</param>
/// <param name="AcceptsBody">Whether its answer may have a body.</param>
/// <param name="Memory">Counts what the call holds until it is answered; null where nobody counts.</param>
/// <param name="Content">Takes the content of what the call reads, beside its result; null where the result has it.</param>
/// <param name="Trace">What the host says of it for those who follow it through several systems; null for nothing.</param>
/// <param name="Stop">Whether the agent's end is what ended the call; null where nobody ends it for that.</param>
/// <param name="ShortensTimeLimit">Whether a time limit above the policy's ceiling is shortened to it, and not refused.</param>
internal sealed record CallContext(
    Caller Caller,
    ISession Session,
    CallId Id,
    IEventSink Events,
    IReplyReceipt? Receipt = null,
    bool AcceptsBody = false,
    ICallMemory? Memory = null,
    IContentSink? Content = null,
    string? Trace = null,
    ICallStop? Stop = null,
    bool ShortensTimeLimit = false);
