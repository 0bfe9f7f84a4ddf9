namespace GuestAgent.Host.Workloads;

/// <summary>A line that a program has written.</summary>
/// <param name="Line">The line without its end: the guest's own words, not fit for a terminal as they are.</param>
/// <param name="Stream"><c>stdout</c> or <c>stderr</c>; null when the guest does not tell.</param>
/// <param name="Offset">Position of its first byte in that output; null when the guest does not tell.</param>
public sealed record WorkloadLog(string Line, string? Stream, long? Offset);
