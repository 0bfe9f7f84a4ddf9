namespace GuestAgent.Contracts.Info;

/// <summary>Result of <c>get_network_info</c>: the network as the kernel has it now.</summary>
/// <param name="Interfaces">All interfaces, by index.</param>
/// <param name="Routes">Routes of the main table; a route over several gateways has a row for each.</param>
/// <param name="Truncated">True when there are more interfaces, addresses or routes than a reply takes.</param>
/// <param name="Dns">What resolv.conf(5) says, or null where there is no such file.</param>
public sealed record NetworkInfo(
    IReadOnlyList<NetworkInterface> Interfaces,
    IReadOnlyList<NetworkRoute> Routes,
    bool Truncated,
    ResolverSettings? Dns);

/// <summary>What resolv.conf(5) says.</summary>
/// <param name="Servers">Addresses of the name servers, in the order in which they are asked.</param>
/// <param name="Search">Domains that are appended to short names.</param>
public sealed record ResolverSettings(IReadOnlyList<string> Servers, IReadOnlyList<string> Search);
