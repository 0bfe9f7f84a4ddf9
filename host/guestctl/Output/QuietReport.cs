namespace GuestAgent.Cli.Output;

/// <summary>What <c>quiesce</c> tells where it runs nothing meanwhile.</summary>
/// <param name="Quiet">True: nothing is under way and nothing unread.</param>
internal sealed record QuietReport(bool Quiet);
