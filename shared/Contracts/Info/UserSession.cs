namespace GuestAgent.Contracts.Info;

/// <summary>One login.</summary>
/// <param name="Name">Login name.</param>
/// <param name="Terminal">The terminal, such as <c>tty1</c> or <c>pts/0</c>; empty for a login without one.</param>
/// <param name="Host">Where the user came from over the network, or null.</param>
/// <param name="LoginMs">When, milliseconds since the epoch; 0 where the guest does not tell.</param>
public sealed record UserSession(string Name, string Terminal, string? Host, long LoginMs);
