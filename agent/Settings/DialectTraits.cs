namespace GuestAgent.Settings;

/// <summary>What a dialect can do, for all who must not ask for its name.</summary>
/// <param name="Push">A host can be told what it did not ask for: events and telemetry.</param>
/// <param name="Bodies">A reply can have bytes beside it, as they are.</param>
/// <param name="Batches">A message can hold several requests.</param>
/// <param name="ConcurrentCalls">A host can have several calls in flight.</param>
/// <param name="Resynchronises">
/// The next message is found wherever a host broke off, so that another one can go on with the same bytes, as on a port.
/// </param>
internal sealed record DialectTraits(
    bool Push, bool Bodies, bool Batches, bool ConcurrentCalls, bool Resynchronises);
