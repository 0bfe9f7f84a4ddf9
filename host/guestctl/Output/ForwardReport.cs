namespace GuestAgent.Cli.Output;

/// <summary>A listener that has begun, as <c>forward --json</c> tells it.</summary>
/// <param name="Listener">Who listens: <c>host</c> or <c>guest</c>.</param>
/// <param name="Address">Where.</param>
/// <param name="Target">Where to the other side connects for each connection.</param>
internal sealed record ForwardReport(string Listener, string Address, string Target);
