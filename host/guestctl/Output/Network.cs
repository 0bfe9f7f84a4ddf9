using System.Globalization;
using GuestAgent.Contracts.Info;

namespace GuestAgent.Cli.Output;

/// <summary>The network as ip(8) shows it in brief, and as resolv.conf(5) says it.</summary>
internal static class Network
{
    /// <summary>Addresses of each interface.</summary>
    public static IEnumerable<string> Addresses(NetworkInfo network)
    {
        var table = new TextTable(Column.Text("NAME"), Column.Text("STATE"), Column.Text("ADDRESSES"));
        foreach (NetworkInterface link in network.Interfaces)
        {
            table.Add(link.Name, link.State, string.Join(' ', link.Ipv4Addresses.Concat(link.Ipv6Addresses)));
        }

        return table.Lines(width: null);
    }

    /// <summary>Interfaces with what they have received and sent.</summary>
    /// <param name="network">What the guest told.</param>
    /// <param name="human">True for sizes such as <c>1.5K</c>.</param>
    public static IEnumerable<string> Links(NetworkInfo network, bool human)
    {
        var table = new TextTable(
            Column.Text("NAME"),
            Column.Text("STATE"),
            Column.Text("MAC"),
            Column.Number("MTU"),
            Column.Number("RECEIVED"),
            Column.Number("SENT"),
            Column.Number("ERRORS"),
            Column.Number("DROPPED"),
            Column.Text("FLAGS"));
        foreach (NetworkInterface link in network.Interfaces)
        {
            table.Add([
                link.Name,
                link.State,
                link.MacAddress.Length > 0 ? link.MacAddress : "-",
                link.Mtu.ToString(CultureInfo.InvariantCulture),
                .. Counters(link.Statistics, human),
                string.Join(',', link.Flags),
            ]);
        }

        return table.Lines(width: null);
    }

    /// <summary>Routes of the main table.</summary>
    public static IEnumerable<string> Routes(NetworkInfo network) => network.Routes.Select(Route)
        .Concat(network.Truncated ? ["(there are more)"] : []);

    /// <summary>Name servers and search domains.</summary>
    public static IEnumerable<string> Resolvers(NetworkInfo network) => network.Dns is not { } dns
        ? []
        : dns.Servers.Select(server => $"nameserver {server}")
            .Concat(dns.Search.Count > 0 ? [$"search {string.Join(' ', dns.Search)}"] : []);

    private static string Route(NetworkRoute route)
    {
        string kind = route.Kind == "unicast" ? "" : $"{route.Kind} ";
        string destination = route.Destination is "0.0.0.0/0" or "::/0" ? "default" : route.Destination;
        string gateway = route.Gateway is { } via ? $" via {via}" : "";
        string link = route.Interface is { } name ? $" dev {name}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{kind}{destination}{gateway}{link}{(route.Metric is { } metric ? $" metric {metric}" : "")}");
    }

    private static string[] Counters(NetworkStatistics? counters, bool human) => counters is null
        ? ["-", "-", "-", "-"]
        : [
            Quantity.Size(counters.RxBytes, human),
            Quantity.Size(counters.TxBytes, human),
            Sum(counters.RxErrors, counters.TxErrors),
            Sum(counters.RxDropped, counters.TxDropped),
        ];

    // The guest may tell any numbers: their sum may need more bits than a long has.
    private static string Sum(long received, long sent) =>
        ((decimal)received + sent).ToString(CultureInfo.InvariantCulture);
}
