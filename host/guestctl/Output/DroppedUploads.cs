namespace GuestAgent.Cli.Output;

/// <summary>What <c>uploads --drop --json</c> prints.</summary>
/// <param name="Dropped">How many uploads were dropped.</param>
internal sealed record DroppedUploads(int Dropped);
