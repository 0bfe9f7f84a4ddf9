namespace GuestAgent.Dispatch;

/// <summary>What would become of a call.</summary>
/// <param name="Rule">What allows it, where something has to.</param>
/// <param name="Refusal">What it would be answered with; null when it would begin.</param>
internal sealed record PolicyVerdict(string? Rule, Failure? Refusal);
