namespace GuestAgent.Contracts.Info;

/// <summary>One route of the main table.</summary>
/// <param name="Destination">The network as <c>address/prefix length</c>; <c>0.0.0.0/0</c> or <c>::/0</c> for the default.</param>
/// <param name="Gateway">Address of the gateway, or null where the network is reached directly.</param>
/// <param name="Interface">Name of the interface, or null for a route that leads nowhere.</param>
/// <param name="Metric">Its metric: the lower wins; null where it has none.</param>
/// <param name="Family"><c>ipv4</c> or <c>ipv6</c>.</param>
/// <param name="Kind"><c>unicast</c>, <c>blackhole</c>, <c>unreachable</c>, <c>prohibit</c>, <c>throw</c>, <c>multicast</c>, ….</param>
public sealed record NetworkRoute(
    string Destination, string? Gateway, string? Interface, long? Metric, string Family, string Kind);
