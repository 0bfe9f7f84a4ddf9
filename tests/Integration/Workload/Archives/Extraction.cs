namespace GuestAgent.Tests.Integration.Workload.Archives;

/// <summary>What a program has unpacked.</summary>
/// <param name="Succeeded">Whether its exit code says so.</param>
/// <param name="Listing">What is there.</param>
/// <param name="Error">The first line that it has said.</param>
internal sealed record Extraction(bool Succeeded, string Listing, string Error);
