namespace GuestAgent.Host.Workloads;

/// <summary>A piece of what a program has written.</summary>
/// <param name="Data">
/// The bytes as they came; of a guest that sends lines alone, a line with a line feed behind it, whatever ended it there.
/// </param>
/// <param name="Stream"><c>stdout</c> or <c>stderr</c>; null when the guest does not tell.</param>
public sealed record WorkloadOutput(ReadOnlyMemory<byte> Data, string? Stream);
