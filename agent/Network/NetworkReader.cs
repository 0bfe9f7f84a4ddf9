using GuestAgent.Contracts.Info;
using GuestAgent.Linux.Native;

namespace GuestAgent.Network;

/// <summary>The network as the kernel has it, bounded so that a router's full table does not fill the memory.</summary>
internal static class NetworkReader
{
    private const int MostInterfaces = 4096;
    private const int MostAddresses = 16384;
    private const int MostRoutes = 4096;

    /// <summary>Interfaces without their addresses, by number.</summary>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public static IReadOnlyList<LinkMessage> ReadLinks()
    {
        using RouteDump dump = new();
        return ReadLinks(dump);
    }

    /// <summary>Everything.</summary>
    /// <exception cref="LinuxException">The kernel does not tell.</exception>
    public static NetworkInfo Read()
    {
        using RouteDump dump = new();
        List<LinkMessage> links = ReadLinks(dump);
        Dictionary<int, string> names = [];
        links.ForEach(link => names[link.Index] = link.Name);
        List<AddressMessage> addresses = [];
        dump.Read(RouteDump.Addresses, addresses.Clear, payload =>
        {
            if (addresses.Count <= MostAddresses && AddressMessage.TryParse(payload) is { } address)
            {
                addresses.Add(address);
            }
        });
        List<NetworkRoute> routes = [];
        dump.Read(RouteDump.Routes, routes.Clear, payload =>
        {
            if (routes.Count <= MostRoutes)
            {
                RouteMessage.Parse(payload, names, routes);
            }
        });

        Dictionary<int, List<NetworkAddress>> byInterface = [];
        foreach (AddressMessage address in addresses.Take(MostAddresses))
        {
            if (!byInterface.TryGetValue(address.Index, out List<NetworkAddress>? own))
            {
                byInterface[address.Index] = own = [];
            }

            own.Add(address.Address);
        }

        return new NetworkInfo(
            [.. links.Take(MostInterfaces).Select(link => Describe(link, names, byInterface.GetValueOrDefault(link.Index) ?? []))],
            [.. routes.Take(MostRoutes)],
            links.Count > MostInterfaces || addresses.Count > MostAddresses || routes.Count > MostRoutes,
            ResolverFile.Read());
    }

    private static List<LinkMessage> ReadLinks(RouteDump dump)
    {
        List<LinkMessage> links = [];
        dump.Read(RouteDump.Links, links.Clear, payload =>
        {
            if (links.Count <= MostInterfaces && LinkMessage.TryParse(payload) is { } link)
            {
                links.Add(link);
            }
        });
        links.Sort((a, b) => a.Index.CompareTo(b.Index));
        return links;
    }

    private static NetworkInterface Describe(
        LinkMessage link, Dictionary<int, string> names, IReadOnlyList<NetworkAddress> addresses)
    {
        // What the kernel has made itself has no device.
        InterfaceDevice device = link.Kind is null ? InterfaceDevice.Of(link.Name) : default;
        return new NetworkInterface(
            link.Name,
            link.Index,
            link.MacAddress,
            Networks(addresses, "ipv4"),
            Networks(addresses, "ipv6"),
            link.State,
            link.Mtu,
            link.FlagWords(),
            addresses,
            link.Statistics,
            link.Kind,
            names.GetValueOrDefault(link.MasterIndex),
            names.GetValueOrDefault(link.ParentIndex),
            link.VlanId,
            device.Driver,
            device.BusAddress);
    }

    private static IReadOnlyList<string> Networks(IReadOnlyList<NetworkAddress> addresses, string family) =>
        [.. addresses.Where(a => a.Family == family).Select(a => IPText.Network(a.Address, a.PrefixLength))];
}
