namespace GuestAgent.Contracts.Power;

/// <summary>Result of <c>shutdown</c> and <c>reboot</c>: what will happen, and when.</summary>
/// <param name="Initiated">Always true; what cannot be done is an error.</param>
/// <param name="Message">What was arranged, in one sentence for people.</param>
/// <param name="AtMs">When it begins by the guest's wall clock, milliseconds since the epoch.</param>
public sealed record PowerResult(bool Initiated, string Message, long AtMs);
